public import CLIP

extension ActionModelCheckpoint {
    /// Reads a video model; what it is, is recognised by content.
    ///
    /// - Parameters:
    ///   - path: Verb's model directory of any kind, a checkpoint that a method's reference saved, or a CLIP model of
    ///     any public format.
    ///   - options: what the files do not say.
    /// - Throws: `ActionModelError`; nothing in a file is executed, whatever it holds.
    public init(path: String, options: ActionModelOptions = ActionModelOptions()) throws(ActionModelError) {
        let kind: String?
        do { kind = try ModelDirectory.kind(of: path) } catch { throw .clip(error) }
        if let kind, kind != ModelDirectory.clipKind {
            try self.init(directory: path, kind: kind, frames: options.frames)
        } else if let released = try ReleasedCheckpoint(path: path) {
            try self.init(released, options)
        } else {
            do { self.init(try CLIPCheckpoint(path: path, options: options.clip)) } catch { throw .clip(error) }
        }
    }

    /// A CLIP model, by the mean of frames.
    ///
    /// - Parameter clip: the model.
    public init(_ clip: CLIPCheckpoint) {
        self.init(
            path: clip.path, layout: clip.layout.rawValue, configuration: .clip(clip.configuration),
            preprocessing: clip.preprocessing, tensors: clip.tensors, classNames: nil,
            vocabularyPath: clip.vocabularyPath, warnings: clip.warnings)
    }

    /// A checkpoint of a method's reference, on a CLIP where it holds trained tensors only.
    private init(_ released: ReleasedCheckpoint, _ options: ActionModelOptions) throws(ActionModelError) {
        let (path, title) = (released.path, released.kind.title)
        var clip: CLIPCheckpoint?
        if let backbone = options.backbone {
            guard !released.isWhole else {
                throw .inconsistentWeights(
                    path: path, detail: "it holds the whole \(title) model; leave out --backbone")
            }
            do { clip = try CLIPCheckpoint(path: backbone, options: options.clip) } catch { throw .clip(error) }
        } else if !released.isWhole {
            throw .needsBackbone(
                path: path, detail: "it holds only what \(title) trained, \(released.tensors.count) tensors")
        }
        let configuration = try released.configuration(on: clip?.configuration, frames: options.frames)
        var tensors = clip.map { configuration.backbone($0.tensors) } ?? [:]
        tensors.merge(released.tensors) { _, trained in trained }
        self.init(
            path: path, layout: released.layoutTitle, configuration: configuration,
            preprocessing: configuration.referencePreprocessing, tensors: tensors, classNames: nil,
            vocabularyPath: clip?.vocabularyPath, warnings: clip?.warnings ?? [])
    }
}

extension ActionModelConfiguration {
    /// How the reference prepares pictures for evaluation, up to the resize's kernel.
    ///
    /// ActionCLIP resizes to 8/7 of the input's side before it crops; the others resize to the side itself.
    public var referencePreprocessing: Preprocessing {
        if case .actionCLIP(let configuration) = self { return configuration.preprocessing }
        return Preprocessing(imageSize: vision.imageSize)
    }
}
