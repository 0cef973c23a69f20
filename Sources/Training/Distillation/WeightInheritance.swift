public import CLIP
public import Torch

/// A smaller CLIP's first weights, cut out of a larger one: TinyCLIP's manual inheritance.
///
/// - Depth: of L teacher blocks for l student blocks, block i takes block i ⌊L / l⌋.
/// - Attention: the first heads, by the first channels.
/// - Everything else: the leading part of each axis.
///
/// Source: TinyCLIP, `weight_inherit.py`; section 4.2 of the page on TinyCLIP.
public enum WeightInheritance {
    /// The weights of a smaller model.
    ///
    /// - Parameters:
    ///   - tensors: the teacher's by CLIP's canonical names, for example `CLIPCheckpoint.tensors`.
    ///   - teacher: the teacher's sizes.
    ///   - student: the student's sizes, validated; the same patches, pictures and head widths.
    /// - Returns: tensors of their own by the same names, everything that the student declares.
    /// - Throws: `TrainingError.cannotInherit` where the student is larger somewhere, or a tensor is missing or has
    ///   another shape than the sizes say.
    public static func weights(
        of tensors: [String: Tensor], _ teacher: CLIPConfiguration, for student: CLIPConfiguration
    ) throws(TrainingError) -> [String: Tensor] {
        guard teacher.vision.patchSize == student.vision.patchSize, teacher.vision.tokens == student.vision.tokens
        else {
            throw .cannotInherit(
                "pictures of \(student.vision.tokens - 1) patches of \(student.vision.patchSize) pixels from a model with "
                    + "\(teacher.vision.tokens - 1) of \(teacher.vision.patchSize); a part of a patch or of a grid of "
                    + "positions means something else")
        }
        let stacks = [
            try InheritedBlocks("visual.transformer.", teacher.vision.blocks, student.vision.blocks),
            try InheritedBlocks("transformer.", teacher.text.blocks, student.text.blocks),
        ]
        return try weights(of: tensors, stacks) { _ = CLIPModel($0, student) }
    }

    /// The weights of a smaller stack of blocks.
    ///
    /// - Parameters:
    ///   - tensors: the teacher's, `resblocks.N.…` and so on.
    ///   - teacher: the teacher's sizes.
    ///   - student: the student's sizes, of the same head width.
    /// - Returns: tensors of their own by the same names.
    /// - Throws: as ``weights(of:_:for:)``.
    public static func blocks(
        of tensors: [String: Tensor], _ teacher: TransformerConfiguration, for student: TransformerConfiguration
    ) throws(TrainingError) -> [String: Tensor] {
        let stacks = [try InheritedBlocks("", teacher, student)]
        return try weights(of: tensors, stacks) {
            _ = Transformer($0, student, style: BlockStyle(activation: .gelu))
        }
    }

    /// The parts of a teacher's tensors that a model declares.
    private static func weights(
        of tensors: [String: Tensor], _ stacks: [InheritedBlocks], _ model: (Scope) -> Void
    ) throws(TrainingError) -> [String: Tensor] {
        let declared: Parameters
        do throws(ParameterError) { declared = try Parameters.build(.outline, model).parameters } catch {
            throw .cannotInherit("\(error)")
        }
        var result: [String: Tensor] = [:]
        for (name, outline) in declared.tensors.sorted(by: { $0.key < $1.key }) {
            let stack = stacks.first { name.hasPrefix($0.prefix + InheritedBlocks.component) }
            let source = stack?.source(of: name) ?? name
            guard let tensor = tensors[source] else { throw .cannotInherit("\(source) is missing in the larger model") }
            if let input = try stack?.attentionInput(tensor, name) {
                result[name] = input
            } else {
                result[name] = try leading(tensor.detached(), outline.shape, name).cloned()
            }
        }
        return result
    }

    /// The leading part of each axis.
    fileprivate static func leading(
        _ tensor: Tensor, _ shape: [Int], _ name: String
    ) throws(TrainingError) -> Tensor {
        guard tensor.rank == shape.count, zip(tensor.shape, shape).allSatisfy({ $0 >= $1 }) else {
            throw .cannotInherit("\(name) has the shape \(shape), \(tensor.shape) in the larger model")
        }
        return shape.enumerated().reduce(tensor) { $0.slice($1.offset, 0..<$1.element) }
    }
}

/// How the blocks of a stack inherit.
private struct InheritedBlocks {
    static let component = "resblocks."

    /// What stands before the component.
    let prefix: String
    private let teacher: TransformerConfiguration, student: TransformerConfiguration
    private let step: Int

    init(
        _ prefix: String, _ teacher: TransformerConfiguration, _ student: TransformerConfiguration
    ) throws(TrainingError) {
        (self.prefix, self.teacher, self.student) = (prefix, teacher, student)
        step = teacher.layers / max(student.layers, 1)
        guard student.layers <= teacher.layers else {
            throw .cannotInherit("\(prefix)resblocks: \(student.layers) blocks from \(teacher.layers)")
        }
        guard student.headWidth == teacher.headWidth else {
            throw .cannotInherit(
                "\(prefix)resblocks: heads \(student.headWidth) wide from heads \(teacher.headWidth) wide")
        }
        for block in 0..<student.layers where student.heads[block] > teacher.heads[block * step] {
            throw .cannotInherit(
                "\(prefix)resblocks.\(block): \(student.heads[block]) heads from \(teacher.heads[block * step])")
        }
    }

    /// The teacher's name for a parameter of a student's block.
    func source(of name: String) -> String {
        guard let (block, rest) = parts(name) else { return name }
        return "\(prefix)\(Self.component)\(block * step).\(rest)"
    }

    /// The first heads of queries, keys and values; nil for every other parameter.
    func attentionInput(_ tensor: Tensor, _ name: String) throws(TrainingError) -> Tensor? {
        guard let (block, rest) = parts(name), rest.hasPrefix("attn.in_proj_") else { return nil }
        let (from, to, d) = (teacher.heads[block * step], student.heads[block], teacher.headWidth)
        guard tensor.rank >= 1, tensor.shape[0] == 3 * from * d else {
            throw .cannotInherit("\(name): \(tensor.shape) in the larger model, which has \(from) heads of \(d)")
        }
        let tail = rest.hasSuffix("weight") ? [student.width] : []
        let apart = tensor.detached().reshaped([3, from, d] + tensor.shape[1...])
        return try WeightInheritance.leading(apart, [3, to, d] + tail, name).reshaped([3 * to * d] + tail).cloned()
    }

    /// The number of a block and what stands behind it.
    private func parts(_ name: String) -> (block: Int, rest: Substring)? {
        let own = name.dropFirst(prefix.count + Self.component.count)
        guard let dot = own.firstIndex(of: "."), let block = Int(own[..<dot]) else { return nil }
        return (block, own[own.index(after: dot)...])
    }
}
