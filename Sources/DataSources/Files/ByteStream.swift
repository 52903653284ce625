import Foundation
import Governance

/// The bytes of a file in order, read by one reader; the file is closed when it is released.
protocol ByteStream: AnyObject {
    /// Reads at least one byte and at most as many as fit; 0 at the end.
    ///
    /// - Throws: `.sourceUnavailable`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GovernanceError) -> Int
}

/// A regular file, read as it is.
final class PlainFile: ByteStream {
    private let descriptor: Int32
    private let name: String

    /// Opens a file without ever waiting for one: pipes and devices are refused.
    ///
    /// - Throws: `.sourceUnavailable`.
    init(path: String, followingLinks: Bool) throws(GovernanceError) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        var facts = stat()
        guard (followingLinks ? stat(path, &facts) : lstat(path, &facts)) == 0 else {
            throw .unreadable(name, errno)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(name) }
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
        descriptor = open(path, flags)
        guard descriptor >= 0 else { throw .unreadable(name, errno) }
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notARegularFile(name)
        }
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GovernanceError) -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .unreadable(name, errno) }
        }
    }
}

extension GovernanceError {
    fileprivate static func unreadable(_ name: String, _ code: Int32) -> GovernanceError {
        GovernanceError(
            .sourceUnavailable,
            "file `\(name)` can't be read: \(String(cString: strerror(code)).lowercased())"
        )
    }

    fileprivate static func notARegularFile(_ name: String) -> GovernanceError {
        GovernanceError(
            .sourceUnavailable,
            "`\(name)` can't be read: it is no regular file (links, folders, pipes and devices are refused)"
        )
    }
}
