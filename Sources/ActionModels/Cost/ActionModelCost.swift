/// One part of a model: its size and its work.
public struct CostPart: Sendable, Equatable, Codable {
    /// What it is, for example `vision tower` or `TED adapters`.
    public let name: String
    /// Its parameters.
    public let parameters: Int
    /// How many of them training changes.
    public let trained: Int
    /// Multiply-accumulate operations of one clip; 0 for parts that run once for all clips or in training only.
    public let clipMACs: Int

    /// Makes a part.
    ///
    /// - Parameters:
    ///   - name: what it is.
    ///   - parameters: its parameters.
    ///   - trained: how many of them training changes.
    ///   - clipMACs: multiply-accumulate operations of one clip.
    public init(_ name: String, parameters: Int, trained: Int = 0, clipMACs: Int = 0) {
        self.name = name
        self.parameters = parameters
        self.trained = trained
        self.clipMACs = clipMACs
    }
}

/// The size of a video model and the work of one clip, part by part, computed from its configuration alone.
///
/// A multiply-accumulate counts once; the field prints this number as "FLOPs".
public struct ActionModelCost: Sendable, Equatable, Codable {
    /// The parts.
    public let parts: [CostPart]
    /// Multiply-accumulate operations of one label text; 0 for models without a text tower.
    public let textMACs: Int

    /// All parameters.
    public var parameters: Int { parts.reduce(0) { $0 + $1.parameters } }
    /// The parameters that training changes.
    public var trained: Int { parts.reduce(0) { $0 + $1.trained } }
    /// Multiply-accumulate operations of one clip.
    public var clipMACs: Int { parts.reduce(0) { $0 + $1.clipMACs } }

    /// Makes the cost of a model.
    ///
    /// - Parameters:
    ///   - parts: the parts.
    ///   - textMACs: multiply-accumulate operations of one label text.
    public init(_ parts: [CostPart], textMACs: Int = 0) {
        self.parts = parts
        self.textMACs = textMACs
    }
}
