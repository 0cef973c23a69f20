public import ArgumentParser
public import Training

extension SpatialPrediction.Aggregation: ExpressibleByArgument {}
extension SpatialPrediction.Target: ExpressibleByArgument {}

/// How answers about frames become targets.
struct SpatialPredictionOptions: ParsableArguments {
    @Option(help: "Number of frames a video: the centres of equal parts.")
    var frames = SpatialPrediction().frames

    @Option(
        help: ArgumentHelp(
            "What similarities are divided by: a number for all groups, or GROUP=NUMBER; may come several times.",
            valueName: "number"))
    var temperature: [String] = []

    @Option(help: "How frames become one answer.")
    var aggregation = SpatialPrediction().aggregation

    @Option(help: "How much of what CLIP says about every video is taken away, 0 to 1.")
    var priorCorrection = SpatialPrediction().priorCorrection

    @Option(help: "The share of the mean over all videos of the same action, 0 to 1.")
    var actionMixing = SpatialPrediction().actionMixing

    @Option(help: "What the student is given.")
    var target = SpatialPrediction().target

    @Option(help: "The smallest probability that hard_confident keeps, 0 to 1.")
    var confidence = SpatialPrediction().confidence

    @Option(help: "Leave out groups that say less about the action, in nats.")
    var minInformation: Double?

    @Option(help: "Leave out labels that are the first answer of a smaller share of the videos, 0 to 1.")
    var minSupport = SpatialPrediction().minSupport

    func validate() throws { _ = try prediction }

    /// The library's settings.
    var prediction: SpatialPrediction {
        get throws {
            var prediction = SpatialPrediction()
            (prediction.frames, prediction.aggregation, prediction.target) = (frames, aggregation, target)
            (prediction.priorCorrection, prediction.actionMixing) = (priorCorrection, actionMixing)
            (prediction.confidence, prediction.minInformation) = (confidence, minInformation)
            prediction.minSupport = minSupport
            for word in temperature {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let number = parts.last.flatMap({ Double($0) }) else {
                    throw ValidationError("--temperature must be a number, or GROUP=NUMBER: \(word)")
                }
                if parts.count == 1 {
                    prediction.temperature = number
                } else {
                    prediction.temperatures[String(parts[0])] = number
                }
            }
            do { try prediction.validate() } catch { throw ValidationError("\(error)") }
            return prediction
        }
    }
}
