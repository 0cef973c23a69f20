extension StreamSettings {
    /// Checks the settings.
    ///
    /// - Throws: `RecognitionError.badSetting`, which says what is wrong.
    public func validate() throws(RecognitionError) {
        guard (1...1024).contains(frames) else { throw .badSetting("\(frames) frames a window; it must be 1 to 1024") }
        guard stride >= 0.001, stride <= 3600 else {
            throw .badSetting("a stride of \(stride) s; it must be 0.001 to 3600")
        }
        let strides = hop / stride
        guard strides >= 0.5, strides <= 1e6, abs(strides - strides.rounded()) < 1e-6 else {
            throw .badSetting(
                "a decision every \(hop) s; it must be a multiple of the stride of \(stride) s, so that windows share "
                    + "their frames")
        }
        guard (0...3600).contains(smoothing) else {
            throw .badSetting("a smoothing of \(smoothing) s; it must be 0 to 3600")
        }
        guard (0...3600).contains(minimumDuration) else {
            throw .badSetting("a least duration of \(minimumDuration) s; it must be 0 to 3600")
        }
        guard longestGap.map({ $0 >= 2 * stride && $0 <= 86_400 }) ?? true else {
            throw .badSetting("a longest gap of \(longestGap ?? 0) s; it must be from two strides to a day")
        }
        try validateProbabilities()
    }

    private func validateProbabilities() throws(RecognitionError) {
        let share = 0.0...1
        guard share.contains(hysteresis.enter), share.contains(hysteresis.leave), hysteresis.leave <= hysteresis.enter
        else {
            throw .badSetting(
                "actions begin at \(hysteresis.enter) and end below \(hysteresis.leave); both must be 0 to 1, and the end "
                    + "not above the beginning")
        }
        guard unknown.map(share.contains) ?? true else {
            throw .badSetting("unknown below \(unknown ?? 0); it must be 0 to 1")
        }
        for (label, threshold) in thresholds.sorted(by: { $0.key < $1.key }) where !share.contains(threshold) {
            throw .badSetting("the threshold \(threshold) of \"\(label)\"; it must be 0 to 1")
        }
    }
}
