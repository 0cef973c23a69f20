public import CLIP

/// The sizes and options of an ST-Adapter model.
///
/// Source: ST-Adapter (NeurIPS 2022), section 3; `models_adapter.py` and `configs.py.example`.
public struct STAdapterConfiguration: Codable, Sendable, Equatable {
    /// The size of the adapters' depth-wise convolution; odd numbers, so that no axis moves.
    public struct Kernel: Codable, Sendable, Equatable {
        /// Along time.
        public var frames: Int
        /// Along the height: how many rows of patches, vertically.
        public var rows: Int
        /// Along the width: how many columns of patches, horizontally.
        public var columns: Int

        /// Whether a position mixes with itself in other frames only.
        public var isTemporal: Bool { rows == 1 && columns == 1 }
        /// The number of taps.
        public var count: Int { frames * rows * columns }

        /// Makes a kernel.
        ///
        /// - Parameters:
        ///   - frames: the size along time.
        ///   - rows: the number of rows of patches, vertically.
        ///   - columns: the number of columns of patches, horizontally.
        public init(frames: Int, rows: Int, columns: Int) {
            self.frames = frames
            self.rows = rows
            self.columns = columns
        }
    }

    /// The image tower's sizes.
    public var vision: VisionConfiguration
    /// The tower's activation.
    public var activation = Activation.quickGELU
    /// Added to the variance in every layer norm.
    public var layerNormEps = 1e-5
    /// The number T of frames of a clip.
    public var frames: Int
    /// The number K of classes.
    public var classes: Int
    /// The inner width of an adapter.
    public var adapterWidth = 384
    /// The number of blocks with adapters, counted from the last.
    public var adapterLayers: Int
    /// Where these blocks have them.
    public var placement: AdapterPlacement
    /// The size of the adapters' convolution.
    public var kernel = Kernel(frames: 3, rows: 1, columns: 1)
    /// The rate of dropping before the class head while training.
    public var dropout = 0.5

    /// Makes the released settings for a tower: adapters of width 384 in all blocks, over three frames.
    ///
    /// - Parameters:
    ///   - vision: the image tower's sizes.
    ///   - frames: the number of frames of a clip.
    ///   - classes: the number of classes.
    ///   - placement: where the blocks have adapters.
    public init(vision: VisionConfiguration, frames: Int, classes: Int, placement: AdapterPlacement) {
        self.vision = vision
        self.frames = frames
        self.classes = classes
        self.placement = placement
        adapterLayers = vision.blocks.layers
    }

    /// The numbers of the blocks with adapters.
    public var adaptedBlocks: Range<Int> { vision.blocks.layers - adapterLayers..<vision.blocks.layers }

    /// The number of adapters.
    public var adapterCount: Int { adapterLayers * placement.count }

    /// Whether training changes a parameter: the adapters and the class head.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for CLIP's own tensors.
    public static func isTrained(_ name: String) -> Bool { name.contains("adapter") || name.hasPrefix("fc.") }

    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `ActionModelError.badConfiguration` or `.clip` for the first number that cannot be.
    public func validate() throws(ActionModelError) {
        do throws(CLIPError) {
            try vision.validate()
            try CLIPConfiguration.validate(layerNormEps: layerNormEps)
        } catch { throw .clip(error) }
        try check("frames", frames, 1...1024)
        try check("classes", classes, 1...1_000_000)
        try check("adapterWidth", adapterWidth, 1...8192)
        try check("adapterLayers", adapterLayers, 0...vision.blocks.layers)
        for (axis, size) in [("frames", kernel.frames), ("rows", kernel.rows), ("columns", kernel.columns)] {
            try check("kernel.\(axis)", size, 1...63)
            guard size % 2 == 1 else {
                throw .badConfiguration("kernel.\(axis) is \(size); it must be odd, or the axis would shrink")
            }
        }
        try check("multiply-accumulate operations of the adapters", adapterMACs, 0...1_000_000_000_000_000)
        try check("dropout", dropping: dropout)
    }
}
