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
            try Self.refuseBackbone(path, "it is a whole model", options)
            try self.init(directory: path, kind: kind, options)
        } else if let released = try ReleasedCheckpoint(path: path) {
            try self.init(released, options)
        } else {
            try Self.refuseBackbone(path, "it is a CLIP model itself", options, allowsConfiguration: true)
            do { self.init(try CLIPCheckpoint(path: path, options: options.clip)) } catch { throw .clip(error) }
        }
    }

    /// Options about a CLIP below where there is none are a mistake that must not pass silently.
    private static func refuseBackbone(
        _ path: String, _ what: String, _ options: ActionModelOptions, allowsConfiguration: Bool = false
    ) throws(ActionModelError) {
        guard options.backbone == nil else {
            throw .inconsistentWeights(path: path, detail: "\(what); leave out --backbone")
        }
        guard options.clip.configurationPath == nil || allowsConfiguration else {
            throw .inconsistentWeights(path: path, detail: "\(what), which tells its sizes; leave out --config")
        }
    }

    /// A CLIP model, by the mean of frames.
    ///
    /// - Parameter clip: the model.
    public init(_ clip: CLIPCheckpoint) {
        self.init(
            path: clip.path, layout: clip.layout.rawValue, configuration: .clip(clip.configuration),
            preprocessing: clip.preprocessing, tensors: clip.tensors, classNames: nil,
            vocabularyPath: clip.vocabularyPath, warnings: clip.warnings, clip: clip, isStrict: true)
    }

    /// A checkpoint of a method's reference, on a CLIP where it holds trained tensors only.
    ///
    /// - Parameters:
    ///   - released: the checkpoint.
    ///   - options: what it does not say.
    /// - Throws: `ActionModelError` for options that do not apply, a CLIP that is missing, or shapes that do not fit.
    public init(_ released: ReleasedCheckpoint, _ options: ActionModelOptions) throws(ActionModelError) {
        let (path, title) = (released.path, released.kind.title)
        var clip: CLIPCheckpoint?
        if released.isWhole {
            try Self.refuseBackbone(path, "it holds the whole \(title) model", options)
        } else {
            guard let backbone = options.backbone else {
                throw .needsBackbone(
                    path: path, detail: "it holds only what \(title) trained, \(released.tensors.count) tensors")
            }
            do { clip = try CLIPCheckpoint(path: backbone, options: options.clip) } catch { throw .clip(error) }
        }
        let (configuration, trained) = try released.model(on: clip?.configuration, options)
        var tensors = clip.map { configuration.backbone($0.tensors) } ?? [:]
        tensors.merge(trained) { _, trained in trained }
        self.init(
            path: path, layout: released.layoutTitle, configuration: configuration,
            preprocessing: configuration.referencePreprocessing, tensors: tensors, classNames: nil,
            vocabularyPath: clip?.vocabularyPath, warnings: clip?.warnings ?? [], clip: nil,
            isStrict: options.clip.isStrict)
    }
}

extension ActionModelConfiguration {
    /// How the reference prepares pictures for evaluation, as near as 8-bit pictures allow; ActionCLIP's is exact.
    public var referencePreprocessing: Preprocessing {
        switch self {
        case .clip, .linearProbe: Preprocessing(imageSize: vision.imageSize)
        case .actionCLIP(let configuration): configuration.preprocessing
        case .m2CLIP, .stAdapter: .video(imageSize: vision.imageSize, isBilinear: false)
        case .evl: .video(imageSize: vision.imageSize, isBilinear: true)
        }
    }

    /// The same architecture with another activation, which weights do not tell.
    func with(_ activation: Activation?) -> ActionModelConfiguration {
        guard let activation else { return self }
        switch self {
        case .clip(var configuration):
            configuration.activation = activation
            return .clip(configuration)
        case .actionCLIP(var configuration):
            configuration.clip.activation = activation
            return .actionCLIP(configuration)
        case .m2CLIP(var configuration):
            configuration.clip.activation = activation
            return .m2CLIP(configuration)
        case .evl(var configuration):
            configuration.activation = activation
            return .evl(configuration)
        case .stAdapter(var configuration):
            configuration.activation = activation
            return .stAdapter(configuration)
        case .linearProbe(var configuration):
            configuration.clip.activation = activation
            return .linearProbe(configuration)
        }
    }
}
