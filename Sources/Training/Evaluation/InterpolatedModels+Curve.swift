extension InterpolatedModels {
    /// The coefficients of a curve: 0, 0.1, … 1.
    public static let coefficients = (0...10).map { Double($0) / 10 }

    /// Evaluates the models of the line.
    ///
    /// - Parameters:
    ///   - evaluation: of the data that the model was trained for.
    ///   - zeroShot: of unseen classes or data; nil measures none.
    ///   - progress: told which coefficient is evaluated, and how many of how many videos are done.
    /// - Returns: top-1 at every coefficient; what cannot be read is wrong.
    /// - Throws: what the evaluations throw.
    public func curve(
        _ evaluation: Evaluation, zeroShot: Evaluation?,
        _ progress: @escaping @Sendable (Double, Int, Int) -> Void = { _, _, _ in }
    ) async throws -> InterpolationCurve {
        var points: [InterpolationCurve.Point] = []
        for coefficient in Self.coefficients {
            let model = try await model(at: coefficient)
            let own = try await evaluation.scores(of: model) { progress(coefficient, $0, $1) }
            var unseen: Double?
            if let zeroShot {
                let scores = try await zeroShot.scores(of: model) { progress(coefficient, $0, $1) }
                unseen = try zeroShot.result([scores]).top1.mean
            }
            points.append(
                InterpolationCurve.Point(
                    coefficient: coefficient, supervised: try evaluation.result([own]).top1.mean, zeroShot: unseen))
        }
        return InterpolationCurve(points)
    }
}
