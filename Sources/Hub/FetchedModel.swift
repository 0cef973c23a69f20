public import Foundation

/// A model in the cache.
public struct FetchedModel: Sendable, Equatable {
    /// The folder with the model's files, all of them complete.
    public let folder: URL
    /// The commit that the files belong to.
    public let commit: String
    /// Where the files came from this time.
    public let source: Source

    /// Where files came from.
    public enum Source: Sendable, Equatable {
        /// At least one file was fetched.
        case hub
        /// Nothing was fetched, for a reason that can be told to the user.
        case cache(reason: String)
    }

    func from(_ source: Source) -> FetchedModel { FetchedModel(folder: folder, commit: commit, source: source) }
}
