import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("EVL's rewritten passes against the equations")
struct EVLRewriteTests {
    /// Frames, rows and columns of patches.
    static let shapes = [(4, 2, 3), (1, 3, 3), (2, 1, 4), (5, 4, 1), (3, 1, 1)]

    @Test("values and gradients are those of the equations", arguments: shapes, [0, 1, 2, 3])
    func equal(_ shape: (frames: Int, rows: Int, columns: Int), without: Int) throws {
        var configuration = EVLSample.configuration(frames: shape.frames, grid: (shape.rows, shape.columns))
        if without == 1 { configuration.hasTemporalConvolution = false }
        if without == 2 { configuration.hasTemporalPositions = false }
        if without == 3 { configuration.hasTemporalCrossAttention = false }
        let (head, parameters) = try EVLSample.head(configuration)
        let features = EVLSample.features(configuration)
        let trained = parameters.train(configuration.isTrained)
        let direction = Generator(seed: 9).normal([2, configuration.classes])

        let logits = head(features)
        (logits * direction).sum().backward()
        let gradients = trained.names.map { ($0, parameters[$0]?.gradient) }
        trained.clearGradients()
        let plain = try PlainDecoder(parameters: parameters, configuration: configuration)(features)
        (plain * direction).sum().backward()

        expectClose(logits, plain, absolute: 1e-5)
        for (name, gradient) in gradients {
            if name.hasSuffix("k_proj.bias") {
                #expect(gradient == nil, "\(name) cannot change anything")
                expectClose(try #require(parameters[name]?.gradient), .zeros([20]), absolute: 2e-5, name)
            } else {
                // Without neighbours the equations do not use the tables.
                let isUnused = shape.frames == 1 && name.contains("cross_attention")
                let expected = isUnused ? try .zeros(#require(parameters[name]).shape) : parameters[name]?.gradient
                expectClose(try #require(gradient, "\(name)"), expected, absolute: 2e-5, name)
            }
        }
    }

    @Test("the bias of the keys changes no logit")
    func keyBias() throws {
        let configuration = EVLSample.configuration(grid: (2, 3))
        let (head, parameters) = try EVLSample.head(configuration)
        let features = EVLSample.features(configuration)
        let before = head(features)
        for name in parameters.names where name.hasSuffix("k_proj.bias") { parameters[name]?.fill(3) }
        expectClose(head(features), before, absolute: 0, relative: 0)
        let plain = try PlainDecoder(parameters: parameters, configuration: configuration)(features)
        expectClose(plain, before, absolute: 1e-5)
    }

    @Test("maps are softmaxes over the neighbour's patches, averaged over heads")
    func maps() {
        for layer in EVLSample.features(EVLSample.configuration(grid: (2, 3))).layers {
            guard let maps = layer.maps else {
                Issue.record("no maps")
                continue
            }
            #expect(maps.previous.shape == [2, 3, 6, 6])
            expectClose(maps.previous.sum(-1), .ones([2, 3, 6]))
            expectClose(maps.next.sum(-1), .ones([2, 3, 6]))
        }
    }

    @Test("displacements of a grid")
    func displacements() {
        let table = DisplacementTable(rows: 2, columns: 3)
        #expect(table.count == 15)
        let indices = table.indices.array(of: Int.self)
        for patch in 0..<6 {
            #expect(indices[patch * 7] == 7)  // itself: the middle
            #expect(Set(indices[patch * 6..<patch * 6 + 6]).count == 6)
        }
        #expect(indices[5] == 0)  // from the upper left patch to the lower right one
    }
}
