// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.JMSException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.remoting.impl.ssl.SSLSupport;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.remoting.ssl.SSLContextConfig;
import org.apache.activemq.artemis.utils.ConfigurationHelper;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why no broker of a URL could be reached. Artemis says the same for a port that nobody listens on and for a
 * certificate that is not trusted; here both are tried once more, without a word of its protocol.
 */
final class ConnectionTrouble {
    private static final int LIMIT_MS = 2_000;

    /** Who hangs up does so at once; a broker that is well lets this time pass. */
    private static final int LISTEN_MS = 300;

    private static final String HANGS_UP =
            "accepts connections and hangs up, as a broker in a container does that waits for the other one of its pair";

    private ConnectionTrouble() {}

    /** The failure with what was found out about each broker of the URL. Blocks for a few seconds at most for each. */
    static JMSException explain(ConnectionSettings settings, ActiveMQConnectionFactory factory, JMSException failure) {
        List<String> found = new ArrayList<>();
        for (TransportConfiguration broker : factory.getStaticConnectors()) {
            Map<String, Object> parameters = broker.getCombinedParams();
            String host = ConfigurationHelper.getStringProperty(
                    TransportConstants.HOST_PROP_NAME, TransportConstants.DEFAULT_HOST, parameters);
            int port = ConfigurationHelper.getIntProperty(
                    TransportConstants.PORT_PROP_NAME, TransportConstants.DEFAULT_PORT, parameters);
            found.add(host + ":" + port + " " + look(host, port, parameters));
        }
        JMSException explained = new JMSException("Expected a broker for connection %s, but %s. error=%s"
                .formatted(settings.name(), String.join("; ", found), failure.getMessage()));
        explained.initCause(failure);
        return explained;
    }

    private static String look(String host, int port, Map<String, Object> parameters) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            return flag(parameters, TransportConstants.SSL_ENABLED_PROP_NAME, false)
                    ? shakeHands(socket, host, port, parameters)
                    : listen(socket);
        } catch (ConnectException e) {
            return "refuses connections: nothing serves there";
        } catch (UnknownHostException e) {
            return "is a host that nobody knows";
        } catch (SocketTimeoutException e) {
            return "cannot be reached within " + LIMIT_MS + " ms";
        } catch (IOException e) {
            return "cannot be reached: " + e.getMessage();
        }
    }

    /** A broker waits until it is spoken to. */
    private static String listen(Socket socket) throws IOException {
        socket.setSoTimeout(LISTEN_MS);
        try {
            return socket.getInputStream().read() < 0 ? HANGS_UP : "is no broker: it speaks first";
        } catch (SocketTimeoutException e) {
            return "accepts connections and did not answer: it hangs, or expects TLS (sslEnabled=true)";
        } catch (SocketException reset) {
            return HANGS_UP;
        }
    }

    private static String shakeHands(Socket plain, String host, int port, Map<String, Object> parameters)
            throws IOException {
        SSLSocket socket;
        try {
            socket = (SSLSocket) new SSLSupport(stores(parameters))
                    .createContext()
                    .getSocketFactory()
                    .createSocket(plain, host, port, true);
        } catch (Exception e) { // it is declared so
            return "was not asked: trust store or key store of the url cannot be used: " + e.getMessage();
        }
        if (flag(
                parameters,
                TransportConstants.VERIFY_HOST_PROP_NAME,
                TransportConstants.DEFAULT_CONNECTOR_VERIFY_HOST)) {
            SSLParameters checked = socket.getSSLParameters();
            checked.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(checked);
        }
        try {
            socket.startHandshake();
            return "is reached by TLS and did not answer as a broker";
        } catch (SocketTimeoutException e) {
            return "accepts connections and does not answer: it hangs";
        } catch (SocketException reset) {
            return HANGS_UP + ", and one that expects no TLS";
        } catch (SSLException e) {
            if (e.getCause() instanceof EOFException || e.getCause() instanceof SocketException) {
                return HANGS_UP + ", and one that expects no TLS";
            }
            return "does not agree on TLS: " + e.getMessage()
                    + ". Is its certificate, or who signed it, in trustStorePath, and made for this host?";
        }
    }

    private static SSLContextConfig stores(Map<String, Object> parameters) {
        return SSLContextConfig.builder()
                .keystorePath(text(parameters, TransportConstants.KEYSTORE_PATH_PROP_NAME, null))
                .keystoreType(text(
                        parameters,
                        TransportConstants.KEYSTORE_TYPE_PROP_NAME,
                        TransportConstants.DEFAULT_KEYSTORE_TYPE))
                .keystorePassword(text(parameters, TransportConstants.KEYSTORE_PASSWORD_PROP_NAME, null))
                .truststorePath(text(parameters, TransportConstants.TRUSTSTORE_PATH_PROP_NAME, null))
                .truststoreType(text(
                        parameters,
                        TransportConstants.TRUSTSTORE_TYPE_PROP_NAME,
                        TransportConstants.DEFAULT_TRUSTSTORE_TYPE))
                .truststorePassword(text(parameters, TransportConstants.TRUSTSTORE_PASSWORD_PROP_NAME, null))
                .trustAll(
                        flag(parameters, TransportConstants.TRUST_ALL_PROP_NAME, TransportConstants.DEFAULT_TRUST_ALL))
                .build();
    }

    private static @Nullable String text(Map<String, Object> parameters, String name, @Nullable String otherwise) {
        return ConfigurationHelper.getStringProperty(name, otherwise, parameters);
    }

    private static boolean flag(Map<String, Object> parameters, String name, boolean otherwise) {
        return ConfigurationHelper.getBooleanProperty(name, otherwise, parameters);
    }
}
