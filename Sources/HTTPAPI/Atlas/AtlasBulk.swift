import Catalog
import CatalogModel
import Governance

/// Writes bulk requests that make plain entities, from the request's bytes to the answer's.
///
/// What comes of it is the same, to the byte, as by the general way in ``AtlasEntityActs``; so is all that is refused.
enum AtlasBulk {
    /// The answer to a request; nil for one that takes the general way.
    static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse? {
        let view = try request.view()
        guard view.gate.isOpen, let plan = BulkPlan(request.body, view.graph.types) else { return nil }
        let (creation, transaction) = try request.change("write \(plan.count) entities") {
            transaction throws(CatalogError) -> BulkCreation? in
            if let creation = transaction.create(plan) { return creation }
            let (inputs, referred) = try AtlasEntityActs.inputs(request)
            try transaction.write(inputs, referred: referred)
            return nil
        }
        guard let creation else { return AtlasEntityActs.mutation(transaction, request) }
        return .json(answer(creation, size: request.body.count))
    }

    /// What was made, as an answer; `size` is about how long it will be.
    private static func answer(_ creation: BulkCreation, size: Int) -> [UInt8] {
        let types = creation.types.map { HeaderText($0) }
        var json: [UInt8] = []
        json.reserveCapacity(2 * size + 1024)
        json += #"{"mutatedEntities":{"CREATE":["#.utf8
        var isFirst = true
        creation.forEach { entity in
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            types[entity.type].write(entity, to: &json)
        }
        json += "]}".utf8
        isFirst = true
        creation.forEach { entity in
            guard let placeholder = entity.placeholder else { return }
            json += isFirst ? #","guidAssignments":{""#.utf8 : #",""#.utf8
            isFirst = false
            json.append(contentsOf: placeholder)
            json += #"":""#.utf8
            entity.id.append(to: &json)
            json.append(UInt8(ascii: "\""))
        }
        json += isFirst ? "}".utf8 : "}}".utf8
        return json
    }
}

/// The texts that headers of new entities of one type have between their values.
private struct HeaderText {
    /// What stands before each attribute's value.
    private let names: [[UInt8]]
    private let beforeID: [UInt8]

    private static let afterID = Array(#"","status":"ACTIVE","displayText":"#.utf8)
    private static let end = Array(
        (#","classificationNames":[],"classifications":[],"meaningNames":[],"meanings":[],"isIncomplete":false,"#
            + #""labels":[]}"#).utf8
    )

    init(_ shape: EntityShape) {
        let type = JSONValue.string(shape.name).json
        names = shape.headerAttributes.enumerated().map { index, name in
            let before = index == 0 ? #"{"typeName":\#(type),"attributes":{"# : ","
            return Array((before + JSONValue.string(name).json + ":").utf8)
        }
        beforeID = Array(
            (names.isEmpty ? #"{"typeName":\#(type),"attributes":{},"guid":""# : #"},"guid":""#).utf8
        )
    }

    func write(_ entity: BulkCreation.Created, to json: inout [UInt8]) {
        for index in names.indices {
            json += names[index]
            switch entity.header(index) {
            case .text(let text): json.quote(text)
            case .value(let value): json += value.json.utf8
            case .nothing: json += #""""#.utf8
            }
        }
        json += beforeID
        entity.id.append(to: &json)
        json += HeaderText.afterID
        switch entity.displayText {
        case .text(let text): json.quote(text)
        case .value(let value): json += value.json.utf8
        case .nothing:
            json.append(UInt8(ascii: "\""))
            entity.id.append(to: &json)
            json.append(UInt8(ascii: "\""))
        }
        json += HeaderText.end
    }
}

extension EntityID {
    /// Adds the text of an identity that was just made.
    fileprivate func append(to json: inout [UInt8]) {
        guard let (high, low) = bits else { return json += text.utf8 }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index & 15))) & 15
                buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                position += 1
            }
            json.append(contentsOf: buffer)
        }
    }
}

extension [UInt8] {
    /// Adds a text as a JSON string, as ``JSONWriter`` writes it.
    fileprivate mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        let isPlain = text.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard isPlain else {
            self += JSONValue.string(String(decoding: text, as: UTF8.self)).json.utf8
            return
        }
        append(UInt8(ascii: "\""))
        append(contentsOf: text)
        append(UInt8(ascii: "\""))
    }
}
