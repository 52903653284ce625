import CatalogModel
import Foundation
import HTTPTypes
import Testing

/// Short forms for the administrator's requests.
extension AtlasDesk {
    /// What a route answers to the administrator.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = []
    ) throws -> String {
        try answer(
            method,
            path,
            parameters: parameters,
            query: query,
            bytes: Array(body.utf8),
            as: "root"
        )
    }

    /// What adding definitions of one list is answered.
    func define(_ list: String, _ definitions: String) throws -> String {
        try send(.post, "v2/types/typedefs", #"{"\#(list)":[\#(definitions)]}"#)
    }

    /// A data set; gives its identity.
    func dataSet(_ name: String, _ type: String = "DataSet", _ more: String = "") throws -> String {
        try make(
            "v2/entity/bulk",
            #"{"entities":[{"typeName":"\#(type)","guid":"-1","attributes":{"qualifiedName":"\#(name)","name":"\#(name)"\#(more)}}]}"#
        )
        return try guid(type, name)
    }

    /// The identity of what a route made.
    func made(_ path: String, _ body: String) throws -> String {
        try #require(try make(path, body).object?.text("guid"))
    }
}
