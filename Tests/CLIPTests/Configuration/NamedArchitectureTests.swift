import CLIP
import Testing

@Suite("Architectures by name")
struct NamedArchitectureTests {
    /// Parameters of the image and of the text tower without its token embedding, in millions, as the names say.
    @Test(
        "have the sizes that their names tell",
        arguments: zip(
            NamedArchitecture.allCases,
            [(87.8, 37.8), (86.2, 37.8), (304.0, 85.7), (38.6, 18.9), (61.4, 28.4), (39.7, 18.9), (8.3, 2.4)]))
    func parameters(_ architecture: NamedArchitecture, _ millions: (Double, Double)) throws {
        let cost = ModelCost(architecture.configuration)
        try architecture.configuration.validate()
        #expect(abs(Double(cost.visionParameters) / 1e6 - millions.0) < 0.15, "\(cost.visionParameters)")
        #expect(abs(Double(cost.textParameters) / 1e6 - millions.1) < 0.6, "\(cost.textParameters)")
    }
}
