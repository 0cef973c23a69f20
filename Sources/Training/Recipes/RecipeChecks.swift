/// Checks AdamW's numbers, which several recipes have.
///
/// - Parameters:
///   - learningRate: the highest learning rate, above 0.
///   - weightDecay: the share of the rate by which weights decay, from 0.
///   - betas: how much of the averages of gradients and of their squares stays, from 0 to below 1.
///   - eps: what is added to the denominator, above 0 and below 1.
/// - Throws: `TrainingError.badRecipe` for the first that cannot be.
func checkAdamW(
    learningRate: Double, weightDecay: Double, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8
) throws(TrainingError) {
    guard learningRate > 0, learningRate.isFinite else {
        throw .badRecipe("learning rate is \(learningRate); it must be a number above 0")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
        throw .badRecipe("weight decay is \(weightDecay); it must be a number from 0")
    }
    for (name, beta) in [("beta1", betas.0), ("beta2", betas.1)] where !(0..<1).contains(beta) {
        throw .badRecipe("\(name) is \(beta); it must be at least 0 and below 1")
    }
    guard eps > 0, eps < 1 else { throw .badRecipe("eps is \(eps); it must be above 0 and below 1") }
}

/// Checks the epochs of a schedule that begins with a warm-up.
///
/// - Parameters:
///   - epochs: the number of epochs.
///   - warmup: those of growing learning rate among them.
/// - Throws: `TrainingError.badRecipe` for the first that cannot be.
func check(epochs: Double, warmup: Double) throws(TrainingError) {
    guard epochs > 0, epochs <= 1_000_000 else {
        throw .badRecipe("epochs is \(epochs); it must be above 0 and at most 1000000")
    }
    guard warmup >= 0, warmup < epochs else {
        throw .badRecipe("a warm-up of \(warmup) epochs leaves none of the \(epochs); it must be from 0 and shorter")
    }
}
