import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("EVL on pictures that are not square")
struct EVLRectangleTests {
    static let grids = [(2, 3), (3, 2), (1, 4), (4, 1)]

    @Test("a tower's tokens are its patches row by row", arguments: grids)
    func tower(_ grid: (rows: Int, columns: Int)) throws {
        let configuration = EVLSample.configuration(grid: grid)
        try configuration.validate()
        let (model, parameters) = try EVLSample.model(configuration)
        let picture = EVLSample.clips(configuration, count: 1).select(1, 0)  // [1, 3, H, W]
        let tokens = model.backbone.embed(picture)
        #expect(tokens.shape == [1, grid.rows * grid.columns + 1, 24])
        let kernel = try #require(parameters["backbone.conv1.weight"]).reshaped(24, -1)
        let bias = try #require(parameters["backbone.conv1.bias"])
        let positions = try #require(parameters["backbone.positional_embedding"])
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                let (down, right) = (4 * row..<4 * row + 4, 4 * column..<4 * column + 4)
                let patch = picture.slice(2, down).slice(3, right).reshaped(1, -1)
                let place = row * grid.columns + column + 1
                let expected = patch.linear(kernel, bias) + positions.select(0, place)
                expectClose(tokens.select(1, place), expected, absolute: 1e-5)
            }
        }
    }

    @Test("the whole model is the equations' decoder on the tower's inner values", arguments: grids)
    func whole(_ grid: (rows: Int, columns: Int)) throws {
        let configuration = EVLSample.configuration(grid: grid)
        let (model, parameters) = try EVLSample.model(configuration)
        let clips = EVLSample.clips(configuration)
        let traces = model.backbone.trace(clips.reshaped([8] + clips.shape[2...]), last: configuration.decoderLayers)
        func clipwise(_ x: Tensor) -> Tensor {  // [B T, h, L, d]
            x.transposed(1, 2).reshaped(2, 4, x.shape[2], x.shape[1], x.shape[3])
        }
        let features = EVLFeatures(
            try traces.map { trace in
                let projections = try #require(trace.projections)
                return EVLFeatures.Layer(
                    stream: trace.output.reshaped(2, 4, configuration.vision.tokens, 24),
                    attention: .projections(
                        queries: clipwise(projections.queries), keys: clipwise(projections.keys)))
            })
        let plain = try PlainDecoder(parameters: parameters, configuration: configuration)(features)
        expectClose(model(clips), plain, absolute: 1e-5)
        #expect(configuration.cost.parameters == parameters.count())
    }

    @Test("a case with other sides makes such a model")
    func changedCase() throws {
        let fixture = try #require(Fixture.own("evl", "backbone_features"))
        let data = try Data(contentsOf: URL(fileURLWithPath: fixture.path("case.json")))
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var sizes = try #require(object["config"] as? [String: Any])
        (sizes["grid_height"], sizes["grid_width"], sizes["backbone_mlp_factor"]) = (2, 5, 1.03125)
        for name in ["derived", "zero_gradient_parameters", "output_invariant_to"] { object[name] = nil }
        object["config"] = sizes
        let changed = try JSONSerialization.data(withJSONObject: object)
        let configuration = try JSONDecoder().decode(EVLCase.self, from: changed).configuration
        let vision = configuration.vision
        #expect(vision.gridRows == 2 && vision.gridColumns == 5 && vision.tokens == 11)
        #expect(vision.blocks.mlpWidths == [50, 50, 50])  // 49.5 to the even number
        #expect(configuration.activation == .quickGELU)
        let parameters = try Parameters.build(.random()) { EVL($0, configuration) }.parameters
        #expect(parameters["backbone.positional_embedding"]?.shape == [11, 48])
        #expect(parameters["decoder.cross_attention.0.w1"]?.shape == [27, 48])
    }

    @Test("a height survives JSON, and files without one are of squares")
    func codable() throws {
        for rows in [2, 3] {
            let configuration = EVLSample.configuration(grid: (rows, 3))
            let data = try JSONEncoder().encode(configuration)
            let hasHeight = String(decoding: data, as: UTF8.self).contains("imageHeight")
            #expect(hasHeight == (rows == 2))
            #expect(try JSONDecoder().decode(EVLConfiguration.self, from: data) == configuration)
        }
    }

    @Test("what reads pictures by a preprocessing takes squares only")
    func squares() throws {
        let configuration = EVLSample.configuration(grid: (2, 3))
        try configuration.validate()
        let error = #expect(throws: ActionModelError.self) {
            try ActionModelConfiguration.evl(configuration).validate()
        }
        #expect(error?.description.contains("12 wide and 8 high") ?? false)
        let adapter = STAdapterConfiguration(vision: configuration.vision, frames: 4, classes: 5, placement: .both)
        #expect(throws: ActionModelError.self) { try adapter.validate() }
        var clip = CLIPConfiguration.vitB16
        clip.vision.imageHeight = 112
        #expect(throws: ActionModelError.self) { try ActionCLIPConfiguration(clip: clip, frames: 4).validate() }
        #expect(throws: ActionModelError.self) {
            try M2CLIPConfiguration(clip: clip, frames: 4, classes: 5, labelWords: 7).validate()
        }
    }
}
