internal import Synchronization
internal import Torch

/// Text features by sentence, so that a label that comes back is not encoded again; one cache belongs to one model.
final class TextCache: Sendable {
    /// About 64 MB of features of 512 numbers.
    private static let limit = 32_768

    private let rows = Mutex<[String: Tensor]>([:])

    /// The features of sentences `[E]`, in their order; what is not known is encoded, each sentence once.
    func features(
        of sentences: [String], encode: ([String]) throws(RecognitionError) -> [Tensor]
    ) throws(RecognitionError) -> [Tensor] {
        let known = rows.withLock { $0 }
        let missing = Self.missing(of: sentences, in: known)
        let fresh = Dictionary(uniqueKeysWithValues: zip(missing, try encode(missing)))
        let wanted = sentences.compactMap { known[$0] ?? fresh[$0] }
        rows.withLock { rows in
            if rows.count + fresh.count > Self.limit { rows = [:] }
            for (sentence, row) in zip(sentences, wanted) { rows[sentence] = row }
        }
        return wanted
    }

    /// The sentences that are not known, each once.
    func missing(of sentences: [String]) -> [String] { Self.missing(of: sentences, in: rows.withLock { $0 }) }

    private static func missing(of sentences: [String], in known: [String: Tensor]) -> [String] {
        var seen: Set<String> = []
        return sentences.filter { known[$0] == nil && seen.insert($0).inserted }
    }

    /// The number of sentences known.
    var count: Int { rows.withLock { $0.count } }
}
