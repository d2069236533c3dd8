// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Titles;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.Document.EventTypeDocument;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Document.QueryDocument;

/** One step of a change of the catalog. A put creates or replaces. */
public sealed interface CatalogChange {

    /** What is changed, for messages: {@code query late-airport}. */
    String title();

    /** The put of a document. */
    static CatalogChange put(Document document) {
        return document.fold(PutEventType::new, PutQuery::new, PutInstance::new);
    }

    /** Create or replace an event type. */
    record PutEventType(EventTypeDocument document) implements CatalogChange {
        @Override
        public String title() {
            return document.title();
        }
    }

    /** Create or replace a query. Its instances are held to its parameters. */
    record PutQuery(QueryDocument document) implements CatalogChange {
        @Override
        public String title() {
            return document.title();
        }
    }

    /** Create or replace an instance. */
    record PutInstance(InstanceDocument document) implements CatalogChange {
        @Override
        public String title() {
            return document.title();
        }
    }

    /** Delete an event type that no query uses. */
    record DeleteEventType(String name) implements CatalogChange {
        @Override
        public String title() {
            return Titles.eventType(name);
        }
    }

    /** Delete a query that has no instances. */
    record DeleteQuery(String name) implements CatalogChange {
        @Override
        public String title() {
            return Titles.query(name);
        }
    }

    /** Delete an instance. */
    record DeleteInstance(InstanceId id) implements CatalogChange {
        @Override
        public String title() {
            return Titles.instance(id);
        }
    }
}
