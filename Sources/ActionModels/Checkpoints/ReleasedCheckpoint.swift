public import CLIP
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
        let container: ReleasedContainer
        do { container = try ReleasedContainer(file) } catch {
            throw .inconsistentWeights(path: path, detail: "\(error)")
        }
        guard let layout = container.layout else { return nil }
        self.path = path
        self.layout = layout
        kind = layout.kind
        stored = container.tensors
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
    ///   - frames: the number of frames T, where the weights do not tell it.
    /// - Returns: the architecture, validated.
    /// - Throws: `ActionModelError` for shapes that no model has, or that do not fit the CLIP.
    public func configuration(
        on clip: CLIPConfiguration?, frames: Int? = nil
    ) throws(ActionModelError) -> ActionModelConfiguration {
        let configuration = try layout.configuration(
            inferredFrom: layout == .actionCLIP ? stored : tensors, clip: clip, frames: frames, path: path)
        try configuration.validate()
        return configuration
    }
}
