public import Foundation
internal import Torch

extension BytePairVocabulary {
    /// Writes `tokenizer.json` as Hugging Face's `tokenizers` reads it.
    ///
    /// The file appears whole or not at all.
    ///
    /// - Parameter url: the file, or an existing folder in which `tokenizer.json` is written.
    /// - Throws: ``TokenizerError/unwritable(path:reason:)``.
    public func write(to url: URL) throws(TokenizerError) {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        try Self.write(tokenizerJSON(), to: isFolder.boolValue ? url.appendingPathComponent("tokenizer.json") : url)
    }

    /// Writes the older pair of files, `vocab.json` and `merges.txt`.
    ///
    /// - Parameter folder: an existing folder.
    /// - Throws: ``TokenizerError/unwritable(path:reason:)``.
    public func writeSymbolsAndMerges(to folder: URL) throws(TokenizerError) {
        try Self.write(symbolsJSON(), to: folder.appendingPathComponent("vocab.json"))
        let lines = ["#version: 0.2"] + mergeLines()
        try Self.write(lines.joined(separator: "\n") + "\n", to: folder.appendingPathComponent("merges.txt"))
    }

    private static func write(_ text: String, to url: URL) throws(TokenizerError) {
        do {
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }

    /// The merges as `a b`, best rank first.
    private func mergeLines() -> [String] {
        merges.map { "\(symbols[$0.left] ?? "") \(symbols[$0.right] ?? "")" }
    }

    private func symbolsJSON() -> String {
        let entries = symbols.sorted { $0.key < $1.key }.map { "\(jsonString($0.value)):\($0.key)" }
        return "{\(entries.joined(separator: ","))}"
    }

    /// The sections around the model are CLIP's own, so that other readers of the file tokenize alike.
    private func tokenizerJSON() -> String {
        let start = jsonString(symbols[Int32(startID)] ?? ""), end = jsonString(symbols[Int32(endID)] ?? "")
        let pattern = #"'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"#
        let merges = mergeLines().map { "      \(jsonString($0))" }.joined(separator: ",\n")
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
                \(addedToken(startID, start)),
                \(addedToken(endID, end))
              ],
              "normalizer": {
                "type": "Sequence",
                "normalizers": [
                  { "type": "NFC" },
                  { "type": "Replace", "pattern": { "Regex": "\\\\s+" }, "content": " " },
                  { "type": "Lowercase" }
                ]
              },
              "pre_tokenizer": {
                "type": "Sequence",
                "pretokenizers": [
                  {
                    "type": "Split",
                    "pattern": { "Regex": "\(pattern)" },
                    "behavior": "Removed",
                    "invert": true
                  },
                  { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true }
                ]
              },
              "post_processor": {
                "type": "RobertaProcessing",
                "sep": [\(end), \(endID)],
                "cls": [\(start), \(startID)],
                "trim_offsets": false,
                "add_prefix_space": false
              },
              "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true },
              "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": \(end),
                "continuing_subword_prefix": "",
                "end_of_word_suffix": "</w>",
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": false,
                "vocab": \(symbolsJSON()),
                "merges": [
            \(merges)
                ]
              }
            }

            """
    }

    private func addedToken(_ id: Int, _ content: String) -> String {
        """
        { "id": \(id), "content": \(content), "single_word": false, "lstrip": false, "rstrip": false, \
        "normalized": false, "special": true }
        """
    }
}
