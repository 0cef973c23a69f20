import Datasets

/// What is worth knowing about a checked list apart from the videos' statuses.
enum HealthNotices {
    static func lines(_ summary: HealthReport.Summary) -> [String] {
        [repeated(summary), conflicts(summary), classes(summary), empty(summary)].compactMap { $0 }
    }

    private static func repeated(_ summary: HealthReport.Summary) -> String? {
        let repeated = summary.duplicates.filter { !$0.isConflict }
        guard let first = repeated.first else { return nil }
        return "\(repeated.count) videos are listed more than once, such as \(place(first))"
    }

    private static func conflicts(_ summary: HealthReport.Summary) -> String? {
        let conflicts = summary.duplicates.filter(\.isConflict)
        guard let first = conflicts.first else { return nil }
        return "\(conflicts.count) videos are listed with different labels, such as \(place(first))"
    }

    private static func place(_ duplicate: HealthReport.Duplicate) -> String {
        "\(duplicate.path) (lines \(duplicate.lines.map(String.init).joined(separator: ", ")))"
    }

    private static func classes(_ summary: HealthReport.Summary) -> String? {
        let counts = summary.classes.map(\.videos)
        guard let fewest = counts.min(), let most = counts.max() else { return nil }
        return "\(counts.count) classes with \(fewest == most ? "\(most)" : "\(fewest) to \(most)") videos each"
    }

    private static func empty(_ summary: HealthReport.Summary) -> String? {
        let empty = summary.classes.filter { $0.usable == 0 }
        guard !empty.isEmpty else { return nil }
        let names = empty.prefix(8).map { $0.name ?? "class \($0.label)" }.joined(separator: ", ")
        return "\(empty.count) classes have no usable video: \(names)\(empty.count > 8 ? " and more" : "")"
    }
}
