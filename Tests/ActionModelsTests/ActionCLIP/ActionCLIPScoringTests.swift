import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("ActionCLIP's prompts and scores")
struct ActionCLIPScoringTests {
    private struct PromptsCase: Decodable {
        struct Sizes: Decodable {
            let context_length: Int
            let classes: [String]
            let templates: [String]
        }
        let config: Sizes
        let tokens: [[Int32]]
        let longest: Int
    }

    private static let vocabulary = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".deps/clip/bpe_simple_vocab_16e6.txt.gz")

    @Test("the sixteen sentences and their tokens", arguments: Fixture.all("actionclip", "prompts"))
    func prompts(_ fixture: Fixture) throws {
        let facts: PromptsCase = try fixture.decode()
        #expect(PromptTemplate.actionCLIP.map(\.text) == facts.config.templates)
        try #require(
            FileManager.default.fileExists(atPath: Self.vocabulary.path),
            "CLIP's vocabulary is missing at \(Self.vocabulary.path): run scripts/setup.sh")
        let tokenizer = Tokenizer(vocabulary: try BytePairVocabulary(contentsOf: Self.vocabulary))
        let sentences = PromptTemplate.actionCLIP.flatMap { template in
            facts.config.classes.map(template.callAsFunction)
        }
        let rows = try tokenizer(sentences, contextLength: facts.config.context_length)
        #expect(rows.count == facts.tokens.count)
        for (row, expected) in zip(rows, facts.tokens) {
            let padding = [Int32](repeating: 0, count: facts.config.context_length - expected.count)
            #expect(row == expected + padding)
        }
        #expect(facts.tokens.map(\.count).max() == facts.longest)
    }

    @Test("templates joined behind the softmax, and views", arguments: Fixture.all("actionclip", "scoring"))
    func scores(_ fixture: Fixture) throws {
        struct Case: Decodable {
            struct Sizes: Decodable { let num_classes: Int, scale: Double }
            let config: Sizes
            let tolerance: Tolerances
        }
        let facts: Case = try fixture.decode(), percents: Tolerances = try fixture.decode(),
            recorded = try RecordedTensors(fixture)
        let scoring = try #require(try tinyModel().textScoring)
        #expect(scoring.scale == facts.config.scale && scoring.ensemble == .probabilities)
        #expect(scoring.templates == PromptTemplate.actionCLIP)
        let labels = LabelFeatures(try recorded.required("inputs.text_features"), labels: facts.config.num_classes)
        let videos = try recorded.required("inputs.video_embedding")
        expectClose(
            scoring.similarities(videos, to: labels), try recorded.required("outputs.similarity"),
            absolute: try facts.tolerance("similarity_atol"), relative: 0, "similarity")
        let scores = scoring.probabilities(videos, of: labels), tolerance = try facts.tolerance("class_scores_atol")
        expectClose(
            scores, try recorded.required("outputs.class_scores"), absolute: tolerance, relative: 0, "class_scores")
        let mirrored = scoring.probabilities(videos.flipped(1), of: labels)
        expectClose(
            Tensor.stacked([scores, mirrored]).mean(0), try recorded.required("outputs.mean_score_over_two_views"),
            absolute: tolerance, relative: 0, "two views")

        let truth = try recorded.required("inputs.labels").array(of: Int.self)
        for name in recorded.names(below: "outputs.top") {
            let k = try #require(Int(name), "top\(name)"), percent = try percents("top\(k)_percent")
            try #require(k >= 1 && k <= facts.config.num_classes)
            let best = scores.topK(k).indices
            expectClose(best, try recorded.required("outputs.top\(k)"), absolute: 0, relative: 0, "top\(k)")
            let rows = best.array(of: Int.self)
            let hits = truth.indices.count { rows[$0 * k..<($0 + 1) * k].contains(truth[$0]) }
            #expect(abs(100 * Double(hits) / Double(truth.count) - percent) < 1e-3)
        }
        recorded.expectAllTaken()
    }

    @Test("several views of a clip count as the mean of their scores")
    func views() throws {
        let model = try tinyModel(), generator = Generator(seed: 4)
        let labels = ActionLabels.texts(LabelFeatures(generator.normal([2 * 3, 8]), labels: 3))
        let views = generator.normal([2, 5, 3, 3, 8, 8])
        let each = (0..<5).map { model.probabilities(of: labels, for: model.features(of: views.select(1, $0))) }
        expectClose(
            model.probabilities(of: labels, views: views), Tensor.stacked(each).mean(0), absolute: 1e-5, relative: 0)
    }
}
