/// The containers that state files come in, told apart by their content and never by their name.
public enum StateFileFormat: String, Sendable, CaseIterable {
    /// A safetensors file: JSON header, then raw data.
    case safetensors
    /// A zip archive written by `torch.save` (torch 1.6 and later).
    case torchArchive
    /// A zip archive written by `torch.jit.save`; holds the weights as a tree of objects.
    case torchScript
    /// Consecutive pickles and raw data written by `torch.save` before torch 1.6.
    case torchLegacy
}

extension StateFileFormat {
    /// The largest header of a safetensors file, in bytes, as in the format's reference implementation.
    static let largestSafetensorsHeader: UInt64 = 100_000_000

    /// What the first bytes say; zip archives are told apart by their entries later on.
    enum Container {
        case safetensors, zip, legacy
    }

    /// The pickle of the number 0x1950a86a20f9469cfc6c that opens a legacy file.
    private static let legacyMagic: [UInt8] =
        [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]

    static func container(of file: MappedFile) throws(StateFileError) -> Container {
        guard file.size > 0 else {
            throw StateFileError(
                .notAStateFile, path: file.path, "the file is empty", remedy: "Download or copy it again")
        }
        let head = Array(file.bytes.prefix(512))
        if opensSafetensors(head) { return .safetensors }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .zip }
        if head.starts(with: legacyMagic) { return .legacy }
        if let (what, remedy) = lookalike(head) {
            throw StateFileError(.notAStateFile, path: file.path, what, remedy: remedy)
        }
        if head.count > 8, head[8] == UInt8(ascii: "{") { return .safetensors }  // with a length that cannot be
        throw StateFileError(.notAStateFile, path: file.path, "the content is of no known kind")
    }

    /// Whether the first bytes are a possible header length and the header's brace.
    ///
    /// This comes before all signatures, for the length's bytes can be those of any: 640 begins like a pickle.
    private static func opensSafetensors(_ head: [UInt8]) -> Bool {
        guard head.count > 8, head[8] == UInt8(ascii: "{") else { return false }
        let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length <= largestSafetensorsHeader
    }

    /// The name of what a file looks like if it is something well known that is not a state file.
    private static func lookalike(_ head: [UInt8]) -> (what: String, remedy: String?)? {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        let visible = text.drop(while: \.isWhitespace)
        if text.hasPrefix("version https://git-lfs") {
            return ("this is a Git LFS pointer, not the file it points to", "Run git lfs pull in the repository")
        }
        if ["<!doctype", "<html", "<?xml", "<head"].contains(where: visible.hasPrefix) {
            return ("this is a web page, probably an error page of a failed download", "Download the file again")
        }
        if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
            return ("this is a tar archive; torch wrote such files before 0.1.10", "Save it again with a newer torch")
        }
        if head.count >= 2, head[0] == 0x80, (2...5).contains(head[1]) {
            return ("this is a bare pickle, or a torch file whose first bytes are damaged", nil)
        }
        return signatures.first { head.starts(with: $0.bytes) }.map { ("this is \($0.name)", nil) }
    }

    private static let signatures: [(bytes: [UInt8], name: String)] = [
        ([0x50, 0x4B, 0x05, 0x06], "an empty zip archive"),
        ([0x1F, 0x8B], "gzip data; unpack it first"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd data; unpack it first"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz data; unpack it first"),
        (Array("Rar!".utf8), "a RAR archive; unpack it first"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive; unpack it first"),
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
        ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array"),
        (Array("GGUF".utf8), "a GGUF file"),
    ]
}
