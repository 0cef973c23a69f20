package import Foundation

/// Reads small files that people hand over: never a device or a pipe, and never more than a bound.
package enum RegularFile {
    /// The largest file that describes a model: tokenizers and lists of weights are among them.
    static let largestConfiguration = 64 << 20
    /// What is wrong with files that are not read.
    static let problem = "it cannot be read, is no file, or is larger than \(largestConfiguration >> 20) MiB"

    /// The beginning of a file.
    ///
    /// - Parameters:
    ///   - path: the file's path; links are followed.
    ///   - count: the largest number of bytes.
    /// - Returns: nil for what is no regular file or cannot be read.
    package static func beginning(of path: String, atMost count: Int) -> Data? {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true,
            let handle = try? FileHandle(forReadingFrom: file)
        else { return nil }
        defer { try? handle.close() }
        do { return try handle.read(upToCount: count) ?? Data() } catch { return nil }
    }

    /// A file that describes a model.
    ///
    /// - Parameter path: the file's path; links are followed.
    /// - Returns: the whole content.
    /// - Throws: `CLIPError.unreadableConfiguration` for what is no regular file, cannot be read or is too large.
    package static func configuration(_ path: String) throws(CLIPError) -> Data {
        guard let data = beginning(of: path, atMost: largestConfiguration + 1), data.count <= largestConfiguration
        else {
            throw .unreadableConfiguration(path: path, detail: problem)
        }
        return data
    }
}
