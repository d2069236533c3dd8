// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.hook.exception.ExceptionHandler;
import com.espertech.esper.common.client.hook.exception.ExceptionHandlerFactory;
import com.espertech.esper.common.client.hook.exception.ExceptionHandlerFactoryContext;

/**
 * Makes the handler that lets exceptions of statements out of Esper, which else swallows them.
 *
 * <p>Public only because Esper instantiates it by name; of no use to anyone else.
 */
public final class RethrowingHandlerFactory implements ExceptionHandlerFactory {

    /** Called by Esper. */
    public RethrowingHandlerFactory() {}

    @Override
    public ExceptionHandler getHandler(ExceptionHandlerFactoryContext context) {
        return failure -> {
            throw new StatementThrewException(failure.getDeploymentId(), failure.getThrowable());
        };
    }
}
