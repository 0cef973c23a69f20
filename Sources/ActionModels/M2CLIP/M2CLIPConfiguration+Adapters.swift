extension M2CLIPConfiguration {
    /// The adapters of one tower.
    public struct Adapters: Codable, Sendable, Equatable {
        /// Where in a block they stand.
        public var placement: AdapterPlacement
        /// How many of the last blocks have them; 0 means that the tower has none.
        ///
        /// In the text tower the cross-modal block counts as the last one, so 1 leaves the text encoder untouched.
        public var layers: Int
        /// The inner width.
        public var width: Int

        /// Makes the adapters of a tower.
        ///
        /// - Parameters:
        ///   - placement: where in a block they stand.
        ///   - layers: how many of the last blocks have them.
        ///   - width: the inner width.
        public init(_ placement: AdapterPlacement, layers: Int, width: Int) {
            self.placement = placement
            self.layers = layers
            self.width = width
        }
    }

    /// What becomes of the differences between neighbouring frames in a TED-Adapter.
    public enum DifferenceBranch: String, Codable, Sendable, CaseIterable {
        /// There is no such branch.
        case none
        /// The first frame's difference is zero, but biases still act on it: the released code.
        case released
        /// The branch adds nothing to the first frame: the paper's text.
        case zeroFirstFrame = "zero_first_frame"
    }
}
