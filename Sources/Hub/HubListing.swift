import Foundation

/// What a hub says about one revision of a model.
public struct HubListing: Sendable, Equatable {
    /// The commit that the revision stands for, in hexadecimal.
    public let commit: String
    /// The files of the repository.
    public let files: [HubFile]

    /// Reads the hub's answer to `/api/models/OWNER/NAME/revision/REVISION?blobs=true`.
    ///
    /// - Parameters:
    ///   - data: the answer's body, JSON.
    ///   - model: the model that messages name.
    /// - Throws: ``HubError/malformedListing(model:reason:)``, or ``HubError/hostileFileName(model:name:)`` when any
    ///   file of the repository would leave its folder.
    init(json data: Data, model: ModelName) throws(HubError) {
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: data)
        } catch {
            throw .malformedListing(model: model.description, reason: "it is not the JSON that describes a model")
        }
        guard [40, 64].contains(answer.sha.utf8.count), answer.sha.utf8.allSatisfy(Self.isLowerHexadecimal) else {
            throw .malformedListing(model: model.description, reason: "\"\(answer.sha.prefix(80))\" is not a commit")
        }
        var files: [HubFile] = []
        var paths: Set<String> = []
        for sibling in answer.siblings {
            guard HubFile.isSafe(sibling.rfilename) else {
                throw .hostileFileName(model: model.description, name: sibling.rfilename)
            }
            guard paths.insert(sibling.rfilename).inserted else { continue }
            let size = sibling.lfs?.size ?? sibling.size
            guard size.map({ $0 >= 0 }) ?? true else {
                throw .malformedListing(model: model.description, reason: "a file has \(size ?? 0) bytes")
            }
            files.append(HubFile(path: sibling.rfilename, size: size, checksum: sibling.checksum))
        }
        commit = answer.sha
        self.files = files
    }

    static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    /// The hub's answer, as far as it is needed.
    private struct Answer: Decodable {
        let sha: String
        let siblings: [Sibling]

        struct Sibling: Decodable {
            let rfilename: String
            let size: Int64?
            let blobId: String?
            let lfs: LargeFile?

            /// Large files are listed with SHA-256; of small ones the id in git is known, when it is SHA-1.
            var checksum: HubFile.Checksum? {
                if let sum = lfs?.sha256?.lowercased(), sum.utf8.count == 64 { return .sha256(sum) }
                guard lfs == nil, let id = blobId?.lowercased(), id.utf8.count == 40 else { return nil }
                return .gitBlob(id)
            }
        }

        struct LargeFile: Decodable {
            let sha256: String?
            let size: Int64?
        }
    }
}

/// One file of a repository.
public struct HubFile: Sendable, Equatable, Codable {
    /// The path within the repository, with `/` between folders.
    public let path: String
    /// The number of bytes, where the hub says it.
    public let size: Int64?
    /// What the content must be, where the hub says it.
    public let checksum: Checksum?

    /// A digest of a file's content in lower-case hexadecimal.
    public enum Checksum: Sendable, Equatable, Codable {
        /// SHA-256 of the content.
        case sha256(String)
        /// Git's id of the content: SHA-1 of `blob`, the size and the content.
        case gitBlob(String)
    }

    /// Whether a path stays in its folder on every system.
    ///
    /// - Parameter path: a path as a hub sends it.
    /// - Returns: false for absolute paths, `.` and `..`, empty parts, back-slashes, colons and control characters.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 240
                    && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{7F}" && $0 != "\\" && $0 != ":" }
            }
    }
}
