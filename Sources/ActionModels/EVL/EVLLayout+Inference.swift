public import CLIP
public import Torch

extension EVLLayout {
    /// Reads the sizes off the shapes; the pictures are squares.
    ///
    /// - Parameters:
    ///   - tensors: from ``canonical(_:path:)``.
    ///   - clip: the CLIP model that the decoder is put on; nil if the file holds the tower too, whose heads are then 64
    ///     wide and whose activation is OpenAI's.
    ///   - frames: the number of frames of a clip; nil means what the temporal positions tell.
    ///   - decoderHeads: the number of the decoder's heads; nil means heads 64 wide, as in all released scripts.
    ///   - path: for errors.
    /// - Returns: validated sizes; the tower counts as trained if the file holds it.
    /// - Throws: `ActionModelError.inconsistentWeights` for shapes that no EVL model has, `.needsBackbone` where the tower
    ///   is missing.
    public static func configuration(
        inferredFrom tensors: [String: Tensor], clip: CLIPConfiguration?, frames: Int?, decoderHeads: Int? = nil,
        path: String
    ) throws(ActionModelError) -> EVLConfiguration {
        let reader = EVLShapeReader(tensors: tensors, path: path)
        let vision = if let clip { clip.vision } else { try reader.tower() }
        var configuration = EVLConfiguration(
            vision: vision, frames: try reader.frames(frames),
            classes: try reader.shape("proj.2.weight", [nil, vision.blocks.width])[0])
        if let clip { (configuration.activation, configuration.layerNormEps) = (clip.activation, clip.layerNormEps) }
        configuration.backbone = tensors["backbone.conv1.weight"] == nil ? .frozen : .fineTuned
        configuration.decoderLayers = try reader.layers()
        let inner = try reader.decoderSizes(vision.blocks.width, heads: decoderHeads)
        (configuration.decoderWidth, configuration.decoderHeads) = inner
        configuration.mlpFactor = try reader.mlpFactor(vision.blocks.width)
        configuration.hasTemporalConvolution = reader.has("temporal_conv.")
        configuration.hasTemporalPositions = reader.has("temporal_pos_embed.")
        configuration.hasTemporalCrossAttention = reader.has("cross_attention.")
        try reader.checkGrid(configuration)
        do throws(ActionModelError) { try configuration.validate() } catch { throw reader.wrong("\(error)") }
        return configuration
    }
}

private struct EVLShapeReader {
    let tensors: [String: Tensor]
    let path: String

    func wrong(_ detail: String) -> ActionModelError { .inconsistentWeights(path: path, detail: detail) }

    func has(_ part: String) -> Bool { tensors.keys.contains { $0.hasPrefix("decoder." + part) } }

    /// A tensor's shape, of which some sizes are known.
    func shape(_ name: String, _ expected: [Int?]) throws(ActionModelError) -> [Int] {
        guard let shape = tensors[name]?.shape else { throw wrong("\(name) is missing") }
        let fits =
            shape.count == expected.count
            && zip(shape, expected).allSatisfy { (1...1 << 24).contains($0) && $0 == $1 ?? $0 }
        guard fits else {
            let sizes = expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw wrong("\(name) has the shape \(shape); [\(sizes)] is needed")
        }
        return shape
    }

    func tower() throws(ActionModelError) -> VisionConfiguration {
        guard tensors["backbone.conv1.weight"] != nil else {
            throw .needsBackbone(path: path, detail: "the file holds EVL's decoder and class head only")
        }
        let names = tensors.filter { $0.key.hasPrefix(EVLLayout.backbone) }
            .map { ("visual." + $0.key.dropFirst(EVLLayout.backbone.count), $0.value) }
        do throws(CLIPError) {
            return try VisionConfiguration(inferredFrom: Dictionary(uniqueKeysWithValues: names), path: path)
        } catch { throw .clip(error) }
    }

    func layers() throws(ActionModelError) -> Int {
        let prefix = "decoder.decoder_layers."
        let found = Set(
            tensors.keys.filter { $0.hasPrefix(prefix) }
                .compactMap { Int($0.dropFirst(prefix.count).prefix { $0 != "." }) })
        guard found == Set(0..<found.count), !found.isEmpty else {
            throw wrong("\(prefix)N has the numbers \(found.sorted().prefix(8)); 0 and up without a gap are needed")
        }
        return found.count
    }

    func frames(_ wanted: Int?) throws(ActionModelError) -> Int {
        guard has("temporal_pos_embed.") else {
            guard let wanted else {
                throw wrong("without temporal positions the file does not tell its number of frames; name it")
            }
            return wanted
        }
        let rows = try shape("decoder.temporal_pos_embed.0", [nil, nil])[0]
        guard rows == wanted ?? rows else {
            throw wrong(
                "the temporal positions are for \(rows) frames, not \(wanted ?? rows); "
                    + "name --interpolate-frames to have them interpolated")
        }
        return rows
    }

    func decoderSizes(_ width: Int, heads: Int?) throws(ActionModelError) -> (width: Int, heads: Int) {
        let name = "decoder.decoder_layers.0.attn.q_proj.weight"
        let inner = try shape(name, [nil, width])[0]
        guard let heads else {
            guard inner % 64 == 0 else {
                throw wrong(
                    "\(name) has \(inner) rows, which heads of 64 do not divide; name the number of the decoder's heads "
                        + "with --decoder-heads")
            }
            return (inner, inner / 64)
        }
        guard heads > 0, inner % heads == 0 else {
            throw wrong("\(name) has \(inner) rows, which \(heads) heads (--decoder-heads) do not divide")
        }
        return (inner, heads)
    }

    func mlpFactor(_ width: Int) throws(ActionModelError) -> Double {
        Double(try shape("decoder.decoder_layers.0.mlp.fc1.weight", [nil, width])[0]) / Double(width)
    }

    func checkGrid(_ configuration: EVLConfiguration) throws(ActionModelError) {
        guard configuration.hasTemporalCrossAttention else { return }
        let vision = configuration.vision
        let displacements = (2 * vision.gridRows - 1) * (2 * vision.gridColumns - 1)
        _ = try shape("decoder.cross_attention.0.w1", [displacements, vision.blocks.width])
    }
}
