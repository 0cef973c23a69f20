/// Why a model could not be fetched from a hub.
///
/// The cases carry the facts; `description` is the sentence for the user.
public enum HubError: Error, Equatable, Sendable {
    /// The text does not name a model as OWNER/NAME.
    case invalidModelName(String)
    /// The revision is empty or has characters that no branch, tag or commit has.
    case invalidRevision(String)
    /// The hub's address is not an HTTP URL.
    case invalidEndpoint(String)
    /// The hub has no such model.
    case modelNotFound(model: String, endpoint: String)
    /// The model has no such branch, tag or commit.
    case revisionNotFound(model: String, revision: String)
    /// The model's listing names a file that the hub does not have.
    case fileNotFound(model: String, file: String)
    /// The hub wants a token, or a better one.
    case unauthorized(model: String, hasToken: Bool)
    /// The hub refuses this user the model, as it does with gated models whose terms are not accepted.
    case forbidden(model: String, endpoint: String)
    /// The hub's answer about the model cannot be understood.
    case malformedListing(model: String, reason: String)
    /// The hub lists a file whose name would leave the model's folder.
    case hostileFileName(model: String, name: String)
    /// The repository has no file with weights.
    case noWeights(model: String)
    /// No connection to the host.
    case unreachable(host: String, reason: String)
    /// The hub answered with a temporary failure, more often than it was tried again.
    case serverFailure(url: String, status: Int, retryAfter: Duration?)
    /// The hub answered with a status that has no meaning here.
    case unexpectedStatus(url: String, status: Int)
    /// A redirection leads in circles, nowhere, or away from encryption.
    case badRedirect(url: String, reason: String)
    /// The transfer broke off, more often than it was resumed.
    case interrupted(file: String, received: Int64, reason: String)
    /// The hub sends a file of another size than it lists.
    case wrongSize(file: String, expected: Int64, actual: Int64)
    /// The content of a file is not what the hub lists.
    case wrongChecksum(file: String, expected: String, actual: String)
    /// Working offline, and the model is not in the cache.
    case notCached(model: String, revision: String, cache: String)
    /// The disk has no room.
    case diskFull(path: String, needed: Int64?)
    /// A file or folder of the cache cannot be read or written.
    case storage(path: String, reason: String)
    /// The task was cancelled; what has arrived stays for the next time.
    case cancelled

    /// Whether trying again may help.
    var isTransient: Bool {
        switch self {
        case .unreachable, .serverFailure, .interrupted: true
        default: false
        }
    }
}

extension HubError: CustomStringConvertible {
    /// The sentence for the user: what happened, to which thing, and what to do.
    public var description: String {
        switch self {
        case .invalidModelName(let text):
            "\"\(text)\" does not name a model: expected OWNER/NAME, as in openai/clip-vit-base-patch16."
        case .invalidRevision(let text): "\"\(text)\" is not a branch, tag or commit."
        case .invalidEndpoint(let text):
            "\"\(text)\" is not the address of a hub: expected a URL such as https://huggingface.co (see HF_ENDPOINT)."
        case .modelNotFound(let model, let endpoint): "\(model): there is no such model on \(endpoint)."
        case .revisionNotFound(let model, let revision):
            "\(model): there is no branch, tag or commit \"\(revision)\"."
        case .fileNotFound(let model, let file): "\(model): \(file) is listed, but the hub does not have it."
        case .unauthorized(let model, let hasToken):
            hasToken
                ? "\(model): the hub does not accept the token in HF_TOKEN, or the model does not exist."
                : "\(model): does not exist, or needs a token: set HF_TOKEN."
        case .forbidden(let model, let endpoint):
            "\(model): the hub refuses access. Accept the model's terms at \(endpoint)/\(model) and set HF_TOKEN."
        case .malformedListing(let model, let reason):
            "\(model): the hub's answer cannot be understood: \(reason). Is HF_ENDPOINT the address of a hub?"
        case .hostileFileName(let model, let name):
            "\(model): the hub lists a file named \"\(name)\", which would be written outside of the model's folder. "
                + "Nothing was fetched."
        case .noWeights(let model):
            "\(model): no weights in the repository: expected model.safetensors, pytorch_model.bin or another CLIP "
                + "checkpoint."
        case .unreachable(let host, let reason):
            "\(host) cannot be reached: \(reason). Check the connection; with a cached model, work offline."
        case .serverFailure(let url, let status, _): "\(url): the hub answers with status \(status). Try again later."
        case .unexpectedStatus(let url, let status): "\(url): unexpected answer with status \(status)."
        case .badRedirect(let url, let reason): "\(url): bad redirection: \(reason)."
        case .interrupted(let file, let received, let reason):
            "\(file): the transfer broke off after \(received) bytes: \(reason). "
                + "The same command goes on where it stopped."
        case .wrongSize(let file, let expected, let actual):
            "\(file): the hub lists \(expected) bytes and sends \(actual). Nothing of it was kept."
        case .wrongChecksum(let file, let expected, let actual):
            "\(file): damaged or changed: the checksum is \(actual), the hub lists \(expected). Nothing of it was kept."
        case .notCached(let model, let revision, let cache):
            "\(model) (\(revision)) is not in the cache \(cache), or not completely, and the hub is not to be used."
        case .diskFull(let path, let needed):
            "\(path): the disk is full" + (needed.map { "; \($0) bytes are needed" } ?? "")
                + ". Make room, or set VERB_CACHE to another disk."
        case .storage(let path, let reason): "\(path): \(reason)."
        case .cancelled: "Cancelled. What has arrived is kept; the same command goes on from there."
        }
    }
}
