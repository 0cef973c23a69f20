internal import CLIP
internal import Foundation
public import Torch

/// A checkpoint that a method's reference saved, whole or trained tensors only.
public struct ReleasedCheckpoint: Sendable {
    /// The file.
    public let path: String
    /// The method.
    public let kind: ActionModelKind
    /// The weights under the names of Verb's model.
    public let tensors: [String: Tensor]
    /// What else the file holds, for people.
    public let notes: [String]
    /// Whether the image tower is in it.
    public let isWhole: Bool
    private let layout: ReleasedLayout
    /// The weights under the file's names; ActionCLIP's tell more than its model's.
    private let stored: [String: Tensor]

    /// Recognises and reads a file.
    ///
    /// - Parameter path: any file; nil is returned for one that no method's reference saved.
    /// - Throws: `ActionModelError` for one whose tensors are damaged or contradict each other.
    public init?(path: String) throws(ActionModelError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
            // What cannot be read at all is left to CLIP's reader, whose message says why.
            let file = try? StateFile.read(path)
        else { return nil }
        let container = ReleasedContainer(file)
        guard let layout = container.layout else { return nil }
        do { stored = try container.tensors() } catch {
            throw .inconsistentWeights(path: path, detail: "\(error)")
        }
        self.path = path
        self.layout = layout
        kind = layout.kind
        tensors = try layout.canonical(stored, path: path)
        notes = container.notes
        isWhole = layout.isWhole(tensors)
    }

    /// What kind of file this is, for people.
    public var layoutTitle: String {
        "checkpoint of the \(kind.title) reference, " + (isWhole ? "the whole model" : "trained tensors only")
    }

    /// Reads the architecture off the shapes.
    ///
    /// - Parameters:
    ///   - clip: the CLIP model that trained tensors are put on; nil where the file holds the whole model.
    ///   - options: what the weights do not tell.
    /// - Returns: the architecture, validated, and the file's tensors for it.
    /// - Throws: `ActionModelError` for shapes that no model has, or that do not fit the CLIP.
    func model(
        on clip: CLIPConfiguration?, _ options: ActionModelOptions
    ) throws(ActionModelError) -> (ActionModelConfiguration, tensors: [String: Tensor]) {
        var (names, canonical) = (stored, tensors)
        if options.interpolatesFrames, let frames = options.frames, (1...1024).contains(frames), layout == .evl {
            canonical = EVLLayout.resized(canonical, frames: frames)
        }
        if layout != .actionCLIP { names = canonical }
        let configuration = try layout.configuration(inferredFrom: names, clip: clip, options, path: path)
            .with(isWhole ? options.clip.activation : nil)
        try configuration.validate()
        return (configuration, canonical)
    }
}
