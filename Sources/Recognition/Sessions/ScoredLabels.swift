internal import ActionModels

/// What is asked, ready to be scored against.
struct ScoredLabels: Sendable {
    let names: [String]
    let labels: ActionLabels
}
