import CLibXML2
import Governance

/// An XML document read node by node through libxml2, which fetches nothing and replaces no entities.
///
/// **Promise.** A document with a DOCTYPE is refused as soon as it shows: that is where entity bombs and
/// external entities live. libxml2's messages, which quote the document, go nowhere.
final class XMLDocument {
    /// What the reader stands on.
    enum Node {
        case element(isEmpty: Bool)
        case endOfElement
        case text
        case other
    }

    /// What is wrong with a document as a whole.
    enum Fault: Error {
        case unreadable(GovernanceError)
        case notWellFormed(line: Int, code: Int)
        case doctype
    }

    private let reader: xmlTextReaderPtr
    private let input: XMLInput
    private let failure: XMLFailure

    /// - Throws: `.internalError` when libxml2 can't be started.
    init(_ stream: any ByteStream) throws(GovernanceError) {
        xmlInitParser()
        input = XMLInput(stream)
        failure = XMLFailure()
        let options = Int32(
            XML_PARSE_NONET.rawValue | XML_PARSE_COMPACT.rawValue | XML_PARSE_NOXINCNODE.rawValue
        )
        let context = Unmanaged.passUnretained(input).toOpaque()
        let read: xmlInputReadCallback = { context, buffer, length in
            guard let context, let buffer else { return -1 }
            let input = Unmanaged<XMLInput>.fromOpaque(context).takeUnretainedValue()
            return input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(length)))
        }
        guard let reader = xmlReaderForIO(read, { _ in 0 }, context, nil, nil, options) else {
            throw GovernanceError(.internalError, "libxml2 can't be started")
        }
        self.reader = reader
        let report: xmlStructuredErrorFunc = { context, error in
            guard let context, let error else { return }
            Unmanaged<XMLFailure>.fromOpaque(context).takeUnretainedValue().note(error.pointee)
        }
        xmlTextReaderSetStructuredErrorHandler(reader, report, Unmanaged.passUnretained(failure).toOpaque())
    }

    deinit { xmlFreeTextReader(reader) }

    /// Bytes taken from the file so far.
    var bytesRead: Int { input.bytesRead }

    /// Elements that the current node is inside of.
    var depth: Int { Int(xmlTextReaderDepth(reader)) }

    /// The line on which the parser stands, from 1.
    var line: Int { max(1, Int(xmlTextReaderGetParserLineNumber(reader))) }

    /// Goes on to the next node; nil at the end.
    func next() throws(Fault) -> Node? {
        let result = xmlTextReaderRead(reader)
        guard result >= 0, !failure.isFatal else {
            if let error = input.error { throw .unreadable(error) }
            if input.hasDoctype { throw .doctype }
            throw .notWellFormed(line: failure.line ?? line, code: failure.code)
        }
        guard result > 0 else { return nil }
        switch xmlTextReaderNodeType(reader) {
        case Int32(XML_READER_TYPE_ELEMENT.rawValue):
            return .element(isEmpty: xmlTextReaderIsEmptyElement(reader) == 1)
        case Int32(XML_READER_TYPE_END_ELEMENT.rawValue): return .endOfElement
        case Int32(XML_READER_TYPE_TEXT.rawValue), Int32(XML_READER_TYPE_CDATA.rawValue),
            Int32(XML_READER_TYPE_WHITESPACE.rawValue),
            Int32(XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue):
            return .text
        case Int32(XML_READER_TYPE_DOCUMENT_TYPE.rawValue), Int32(XML_READER_TYPE_ENTITY_REFERENCE.rawValue):
            throw .doctype
        default: return .other
        }
    }

    /// The current node's name as written, with its prefix; valid until the next node.
    var name: UnsafePointer<UInt8>? { xmlTextReaderConstName(reader) }

    /// The current node's text; valid until the next node.
    var text: Bytes {
        guard let value = xmlTextReaderConstValue(reader) else { return Bytes(start: nil, count: 0) }
        return Bytes(start: value, count: Int(xmlStrlen(value)))
    }

    /// Hands on each attribute of the current element; namespace declarations are none.
    func eachAttribute(_ body: (UnsafePointer<UInt8>, Bytes) -> Void) {
        guard xmlTextReaderHasAttributes(reader) == 1, xmlTextReaderMoveToFirstAttribute(reader) == 1 else {
            return
        }
        repeat {
            if xmlTextReaderIsNamespaceDecl(reader) != 1, let name { body(name, text) }
        } while xmlTextReaderMoveToNextAttribute(reader) == 1
        xmlTextReaderMoveToElement(reader)
    }

    /// Whether the current element says of itself that it is NULL (`xsi:nil="true"`).
    var isNil: Bool {
        let namespace = "http://www.w3.org/2001/XMLSchema-instance"
        guard xmlTextReaderHasAttributes(reader) == 1,
            xmlTextReaderMoveToAttributeNs(reader, "nil", namespace) == 1
        else { return false }
        defer { xmlTextReaderMoveToElement(reader) }
        guard let value = xmlTextReaderConstValue(reader) else { return false }
        return XMLColumns.equal("true", value) || XMLColumns.equal("1", value)
    }
}

/// What libxml2 reads from, and why it couldn't.
private final class XMLInput {
    private let stream: any ByteStream
    private(set) var error: GovernanceError?
    private(set) var bytesRead = 0
    private var prolog = XMLProlog()

    var hasDoctype: Bool { prolog.hasDoctype }

    init(_ stream: any ByteStream) { self.stream = stream }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int32 {
        do throws(GovernanceError) {
            let count = try stream.read(into: buffer)
            bytesRead += count
            prolog.see(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
            return prolog.hasDoctype ? -1 : Int32(count)
        } catch {
            self.error = error
            return -1
        }
    }
}

/// The first fatal thing that libxml2 found: where and of which sort, without its words.
private final class XMLFailure {
    private(set) var isFatal = false
    private(set) var line: Int?
    private(set) var code = 0

    func note(_ error: xmlError) {
        guard !isFatal, error.level == XML_ERR_FATAL else { return }
        isFatal = true
        line = error.line > 0 ? Int(error.line) : nil
        code = Int(error.code)
    }
}
