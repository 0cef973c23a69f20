import CLIP
import FixtureSupport
import Testing
import Torch
import Training

@Suite("Manual weight inheritance")
struct WeightInheritanceTests {
    private struct Case: Decodable {
        struct Sizes: Decodable {
            let teacher_width: Int
            let student_width: Int
            let teacher_layers: Int
            let student_layers: Int
            let head_dim: Int
            let teacher_block_for_student_block: [Int]
        }
        let config: Sizes
    }

    @Test("every tensor of the student, bit for bit", arguments: Fixture.all("clip", "weight_inheritance"))
    func parity(_ fixture: Fixture) throws {
        let sizes = try fixture.decode(Case.self).config, recorded = try RecordedTensors(fixture)
        func blocks(_ width: Int, _ layers: Int) -> TransformerConfiguration {
            TransformerConfiguration(width: width, layers: layers, heads: width / sizes.head_dim)
        }
        let student = try WeightInheritance.blocks(
            of: recorded.below("inputs.teacher."), blocks(sizes.teacher_width, sizes.teacher_layers),
            for: blocks(sizes.student_width, sizes.student_layers))
        #expect(Set(student.keys) == recorded.names(below: "outputs.student."))
        for (name, tensor) in student { recorded.compare(tensor, "outputs.student.\(name)", .exact) }
        let step = sizes.teacher_layers / sizes.student_layers
        #expect(sizes.teacher_block_for_student_block == (0..<sizes.student_layers).map { $0 * step })
        recorded.expectAllTaken()
    }

    private static func clip(_ width: Int = 16, layers: Int = 5, embed: Int = 12, vocabulary: Int = 30)
        -> CLIPConfiguration
    {
        CLIPConfiguration(
            embedDim: embed,
            vision: VisionConfiguration(
                imageSize: 16, patchSize: 8,
                blocks: TransformerConfiguration(width: width, layers: layers, heads: width / 4)),
            text: TextConfiguration(
                contextLength: 9, vocabularySize: vocabulary,
                blocks: TransformerConfiguration(width: width, layers: layers, heads: width / 4)),
            activation: .gelu)
    }

    private static func tensors(_ clip: CLIPConfiguration) throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, clip) }.parameters.tensors
    }

    @Test("both towers of a CLIP, and what is around their blocks")
    func wholeModel() throws {
        let teacher = Self.clip(), student = Self.clip(8, layers: 2, embed: 10, vocabulary: 20)
        let tensors = try Self.tensors(teacher)
        let own = try WeightInheritance.weights(of: tensors, teacher, for: student)
        let model = try Parameters.build(.checkpoint(own)) { CLIPModel($0, student) }
        #expect(Set(own.keys) == Set(model.parameters.names))
        func expect(_ name: String, _ part: (Tensor) -> Tensor, from other: String? = nil) throws {
            expectClose(
                try #require(own[name]), part(try #require(tensors[other ?? name])), absolute: 0, relative: 0, name)
        }
        try expect("logit_scale") { $0 }
        try expect("visual.proj") { $0.slice(0, 0..<8).slice(1, 0..<10) }
        try expect("visual.conv1.weight") { $0.slice(0, 0..<8) }
        try expect("token_embedding.weight") { $0.slice(0, 0..<20).slice(1, 0..<8) }
        // Two blocks of five: 0 and 2.
        try expect(
            "transformer.resblocks.1.mlp.c_fc.weight", { $0.slice(0, 0..<32).slice(1, 0..<8) },
            from: "transformer.resblocks.2.mlp.c_fc.weight")
        // Of four heads of four channels the first two, for queries, keys and values.
        try expect(
            "visual.transformer.resblocks.1.attn.in_proj_bias",
            { $0.reshaped(3, 16).slice(1, 0..<8).reshaped(24) },
            from: "visual.transformer.resblocks.2.attn.in_proj_bias")
        let pixels = Generator(seed: 2).normal([1, 3, 16, 16])
        #expect(model.model.encodeImage(pixels).isFinite.allTrue)
    }

    @Test("the tensors are the student's own")
    func storage() throws {
        let clip = Self.clip(), tensors = try Self.tensors(clip)
        let own = try WeightInheritance.weights(of: tensors, clip, for: clip)
        #expect(Set(own.keys) == Set(tensors.keys))
        let before = try #require(tensors["visual.proj"]).cloned()
        try #require(own["visual.proj"]).fill(0)
        expectClose(try #require(tensors["visual.proj"]), before, absolute: 0, relative: 0)
    }

    /// A student that is larger than its teacher in one size.
    struct Larger: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout CLIPConfiguration) -> Void
    }

    static let larger: [Larger] = [
        Larger(testDescription: "blocks") {
            $0.vision.blocks = TransformerConfiguration(width: 16, layers: 6, heads: 4)
        },
        Larger(testDescription: "width") {
            $0.text.blocks = TransformerConfiguration(width: 20, headWidth: 4, heads: [4], mlpWidths: [64])
        },
        Larger(testDescription: "heads") {
            $0.text.blocks = TransformerConfiguration(width: 16, headWidth: 4, heads: [5], mlpWidths: [64])
        },
        Larger(testDescription: "head width") {
            $0.vision.blocks = TransformerConfiguration(width: 16, headWidth: 8, heads: [2], mlpWidths: [64])
        },
        Larger(testDescription: "feed-forward units") {
            $0.vision.blocks = TransformerConfiguration(width: 16, headWidth: 4, heads: [4], mlpWidths: [65])
        },
        Larger(testDescription: "common space") { $0.embedDim = 13 },
        Larger(testDescription: "text positions") { $0.text.contextLength = 10 },
        Larger(testDescription: "vocabulary") { $0.text.vocabularySize = 31 },
        Larger(testDescription: "pictures") { $0.vision.imageSize = 32 },
        Larger(testDescription: "other patches") { ($0.vision.patchSize, $0.vision.imageSize) = (4, 8) },
    ]

    @Test("a student that is larger somewhere is refused", arguments: larger)
    func refused(_ damage: Larger) throws {
        let teacher = Self.clip(), tensors = try Self.tensors(teacher)
        var student = teacher
        damage.apply(&student)
        #expect(throws: TrainingError.self) { try WeightInheritance.weights(of: tensors, teacher, for: student) }
    }

    @Test("a teacher without a tensor, or with one of another shape, is refused by name")
    func damaged() throws {
        let clip = Self.clip(), tensors = try Self.tensors(clip)
        let name = "visual.transformer.resblocks.0.attn.in_proj_weight"
        for broken in [nil, Tensor.zeros([47, 16]), Tensor.zeros([48]), Tensor(Float(1))] {
            var damaged = tensors
            damaged[name] = broken
            do {
                _ = try WeightInheritance.weights(of: damaged, clip, for: Self.clip(8, layers: 2, embed: 10))
                Issue.record("nothing was thrown")
            } catch { #expect("\(error)".contains(name), "\(error)") }
        }
    }
}
