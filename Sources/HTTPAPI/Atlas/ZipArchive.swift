import CZlib
import Catalog

/// Writes ZIP archives whose members aren't compressed.
struct ZipWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// Adds a member; names are ASCII.
    mutating func add(_ name: String, _ content: [UInt8]) {
        let checksum = UInt32(
            truncatingIfNeeded: content.withUnsafeBufferPointer { buffer in
                crc32(0, buffer.baseAddress, UInt32(buffer.count))
            }
        )
        let offset = UInt32(bytes.count)
        let facts: [UInt8] =
            ZipWriter.two(20) + ZipWriter.two(0x0800) + ZipWriter.two(0) + ZipWriter.two(0)
            + ZipWriter.two(0x21)
            + ZipWriter.four(checksum) + ZipWriter.four(UInt32(content.count))
            + ZipWriter.four(UInt32(content.count))
            + ZipWriter.two(UInt16(name.utf8.count)) + ZipWriter.two(0)
        bytes += ZipWriter.four(0x0403_4B50) + facts + Array(name.utf8) + content
        directory += ZipWriter.four(0x0201_4B50) + ZipWriter.two(20) + facts
        directory += ZipWriter.two(0) + ZipWriter.two(0) + ZipWriter.two(0) + ZipWriter.four(0)
        directory += ZipWriter.four(offset) + Array(name.utf8)
        count += 1
    }

    /// The archive.
    func finished() -> [UInt8] {
        let start = UInt32(bytes.count)
        let members = UInt16(truncatingIfNeeded: min(count, 0xFFFF))
        return bytes + directory + ZipWriter.four(0x0605_4B50) + ZipWriter.two(0) + ZipWriter.two(0)
            + ZipWriter.two(members) + ZipWriter.two(members) + ZipWriter.four(UInt32(directory.count))
            + ZipWriter.four(start) + ZipWriter.two(0)
    }

    private static func two(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

    private static func four(_ value: UInt32) -> [UInt8] {
        two(UInt16(value & 0xFFFF)) + two(UInt16(value >> 16))
    }
}

/// Reads ZIP archives into memory; nothing is ever written to a file.
enum ZipReader {
    /// The most members.
    static let mostMembers = 60_000
    /// The most bytes of all members together.
    static let mostBytes = 512 << 20

    /// The members by name.
    ///
    /// - Throws: `.badRequest` for what is no archive, is damaged, or has names that lead elsewhere; `.tooMany` for one
    ///   that is too large when it is unpacked.
    static func members(of bytes: [UInt8]) throws(CatalogError) -> [String: [UInt8]] {
        let broken = CatalogError(.badRequest, "the file is no ZIP archive, or it is damaged")
        guard let end = endOfDirectory(bytes) else { throw broken }
        let count = two(bytes, end + 10)
        var position = four(bytes, end + 16)
        var members: [String: [UInt8]] = [:]
        var left = mostBytes
        guard count <= mostMembers else { throw CatalogError(.tooMany, "the archive has too many members") }
        for _ in 0..<count {
            guard position + 46 <= bytes.count, four(bytes, position) == 0x0201_4B50 else { throw broken }
            let (method, flags) = (two(bytes, position + 10), two(bytes, position + 8))
            let (packed, size) = (four(bytes, position + 20), four(bytes, position + 24))
            let (nameLength, extra) = (
                two(bytes, position + 28), two(bytes, position + 30) + two(bytes, position + 32)
            )
            let header = four(bytes, position + 42)
            guard position + 46 + nameLength + extra <= bytes.count, header + 30 <= bytes.count,
                flags & 1 == 0
            else {
                throw broken
            }
            let name = String(decoding: bytes[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self)
            position += 46 + nameLength + extra
            if name.hasSuffix("/") { continue }
            guard !name.contains(".."), !name.hasPrefix("/"), !name.contains("\\"), members[name] == nil
            else {
                throw CatalogError(
                    .badRequest,
                    "the archive has a member whose name leads elsewhere, or comes twice"
                )
            }
            let start = header + 30 + two(bytes, header + 26) + two(bytes, header + 28)
            guard start + packed <= bytes.count else { throw broken }
            // Deflate packs 1,032 bytes into one at best: who promises more has a bomb.
            guard size <= left, size <= packed * 1032 + 64 else {
                throw CatalogError(.tooMany, "the archive is too large when it is unpacked")
            }
            let content = bytes[start..<(start + packed)]
            switch method {
            case 0: members[name] = Array(content)
            case 8:
                guard let inflated = inflate(content, size) else { throw broken }
                members[name] = inflated
            default:
                throw CatalogError(.badRequest, "the archive has a member that is packed in an unknown way")
            }
            left -= members[name]?.count ?? 0
        }
        return members
    }

    private static func endOfDirectory(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        for position in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1)
        where four(bytes, position) == 0x0605_4B50 { return position }
        return nil
    }

    /// Unpacks exactly as many bytes as the directory says; nil when that isn't what is there.
    private static func inflate(_ packed: ArraySlice<UInt8>, _ size: Int) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: size + 1)
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = Array(packed)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == size else { return nil }
        output.removeLast()
        return output
    }

    private static func two(_ bytes: [UInt8], _ position: Int) -> Int {
        guard position + 2 <= bytes.count else { return 0 }
        return Int(bytes[position]) | Int(bytes[position + 1]) << 8
    }

    private static func four(_ bytes: [UInt8], _ position: Int) -> Int {
        two(bytes, position) | two(bytes, position + 2) << 16
    }
}
