// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes {@code broker.xml} for a standalone Artemis, with the same settings as the {@linkplain EmbeddedBroker embedded one}.
 *
 * <p>It replaces the file of that name in the {@code etc} folder of an instance. Users are the instance's own business
 * ({@code artemis user add --user evenkeel --role evenkeel}); the file gives every permission to the role
 * {@value BrokerSettings#ROLE} and none to anybody else.
 */
public final class BrokerXml {

    private static final List<String> PERMISSIONS = List.of(
            "createNonDurableQueue",
            "deleteNonDurableQueue",
            "createDurableQueue",
            "deleteDurableQueue",
            "createAddress",
            "deleteAddress",
            "consume",
            "browse",
            "send",
            "manage",
            "view",
            "edit");

    private final XMLStreamWriter xml;
    private int depth;

    private BrokerXml(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** Write the file; one that is there is replaced. */
    public static void write(BrokerSettings settings, Path file) throws IOException {
        Files.writeString(file, render(settings), StandardCharsets.UTF_8);
    }

    /** The file's text. A port of 0 is written as it is: the broker then takes a free one and tells nobody. */
    public static String render(BrokerSettings settings) {
        String data = settings.data().toAbsolutePath().toString();
        return render(settings, new BrokerXmlShape(data, settings.host(), "", BrokerPart.ALONE));
    }

    /** The same for a broker in a place and a company of its own. */
    static String render(BrokerSettings settings, BrokerXmlShape shape) {
        StringWriter text = new StringWriter();
        try {
            BrokerXml writer = new BrokerXml(XMLOutputFactory.newInstance().createXMLStreamWriter(text));
            writer.document(settings, shape);
            writer.xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("Expected to write XML into memory, but that failed.", e);
        }
        return text.append('\n').toString();
    }

    private void document(BrokerSettings settings, BrokerXmlShape shape) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        open("configuration", "xmlns", "urn:activemq");
        open("core", "xmlns", "urn:activemq:core");
        server(settings, shape.data());
        pair(shape.part());
        open("acceptors");
        element(
                "acceptor",
                "tcp://%s:%d?protocols=%s;batchDelay=%d%s"
                        .formatted(
                                shape.bind(),
                                settings.port(),
                                BrokerConfiguration.PROTOCOLS,
                                BrokerConfiguration.BATCH_DELAY_MS,
                                shape.acceptorParameters()),
                "name",
                BrokerConfiguration.ACCEPTOR);
        close();
        security();
        open("address-settings");
        addressSetting(settings, "#", false);
        for (String pattern : settings.exclusive()) {
            addressSetting(settings, pattern, true);
        }
        close();
        open("addresses");
        open("address", "name", BrokerConfiguration.DEAD_LETTERS);
        open("anycast");
        empty("queue", "name", BrokerConfiguration.DEAD_LETTERS);
        close();
        close();
        close();
        close();
        close();
        xml.writeEndDocument();
    }

    private void server(BrokerSettings settings, String data) throws XMLStreamException {
        element("name", settings.name());
        promised(PromisedSetting.Scope.BROKER);
        element("jmx-management-enabled", "false");
        element("paging-directory", data + "/paging");
        element("bindings-directory", data + "/bindings");
        element("journal-directory", data + "/journal");
        element("large-messages-directory", data + "/large-messages");
        element("journal-type", "NIO");
        element("journal-pool-files", BrokerConfiguration.JOURNAL_POOL_FILES);
        element("journal-datasync", true);
        element("journal-buffer-timeout", BrokerConfiguration.JOURNAL_BUFFER_NANOS);
        element("min-disk-free", settings.minDiskFreeBytes());
        element("disk-scan-period", BrokerConfiguration.DISK_SCAN_MS);
        element("connection-ttl-check-interval", BrokerConfiguration.TTL_CHECK_MS);
        element("critical-analyzer", true);
        element("critical-analyzer-policy", "HALT");
    }

    private void pair(BrokerPart part) throws XMLStreamException {
        if (part == BrokerPart.ALONE) {
            return;
        }
        open("ha-policy");
        open("shared-store");
        open(part == BrokerPart.PRIMARY ? "primary" : "backup");
        // One that is told to stop hands over as one that is killed does: that is how the pair is upgraded.
        element("failover-on-shutdown", true);
        if (part == BrokerPart.BACKUP) {
            // Who serves goes on serving: going back would be a second interruption, at a time that nobody chose.
            element("allow-failback", false);
        }
        close();
        close();
        close();
    }

    private void security() throws XMLStreamException {
        open("security-settings");
        open("security-setting", "match", "#");
        for (String permission : PERMISSIONS) {
            empty("permission", "type", permission, "roles", BrokerSettings.ROLE);
        }
        close();
        close();
    }

    private void addressSetting(BrokerSettings settings, String match, boolean exclusive) throws XMLStreamException {
        open("address-setting", "match", match);
        promised(PromisedSetting.Scope.ADDRESS);
        element("dead-letter-address", BrokerConfiguration.DEAD_LETTERS);
        element("expiry-address", BrokerConfiguration.DEAD_LETTERS);
        element("max-size-bytes", settings.maxAddressBytes());
        element("page-size-bytes", settings.pageBytes());
        element("default-address-routing-type", "ANYCAST");
        element("default-queue-routing-type", "ANYCAST");
        if (exclusive) {
            element("default-exclusive-queue", true);
        }
        close();
    }

    private void promised(PromisedSetting.Scope scope) throws XMLStreamException {
        for (PromisedSetting setting : PromisedSetting.values()) {
            if (setting.scope() == scope) {
                element(setting.xmlName(), setting.value());
            }
        }
    }

    private void open(String name, String... attributes) throws XMLStreamException {
        indent();
        xml.writeStartElement(name);
        attributes(attributes);
        depth++;
    }

    private void close() throws XMLStreamException {
        depth--;
        indent();
        xml.writeEndElement();
    }

    private void element(String name, Object value, String... attributes) throws XMLStreamException {
        indent();
        xml.writeStartElement(name);
        attributes(attributes);
        xml.writeCharacters(value.toString());
        xml.writeEndElement();
    }

    private void empty(String name, String... attributes) throws XMLStreamException {
        indent();
        xml.writeEmptyElement(name);
        attributes(attributes);
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void indent() throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }
}
