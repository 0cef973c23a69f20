public import Video

/// What a check of a list found.
public struct HealthReport: Sendable {
    /// The list, without the entries whose label is bad.
    public let list: VideoList
    /// A row for each entry of the list, in its order.
    public let rows: [VideoHealth]
    /// What the rows are together.
    public let summary: Summary

    /// Where each row's entry stands.
    let places: [ListPlace]

    /// What the rows of a list are together.
    public struct Summary: Sendable, Codable, Equatable {
        /// The list's path.
        public let list: String
        /// The list's fingerprint.
        public let digest: String
        /// The class list's fingerprint, where there is one.
        public let classDigest: String?
        /// The number of entries.
        public let videos: Int
        /// The number of entries that are used.
        public let usable: Int
        /// How often each status occurs, those that do.
        public let statuses: [StatusCount]
        /// Videos that are listed more than once.
        public let duplicates: [Duplicate]
        /// How many videos each class has; empty where nothing is known of classes.
        public let classes: [ClassCount]

        /// Whether an entry is not usable.
        public var hasUnusable: Bool { usable < videos }
    }

    /// How often a status occurs.
    public struct StatusCount: Sendable, Codable, Equatable {
        /// The status.
        public let status: VideoStatus
        /// The number of entries with it.
        public let count: Int
        /// The first entry with it, and what was found there.
        public let example: String
    }

    /// A video that is listed more than once.
    public struct Duplicate: Sendable, Codable, Equatable {
        /// The path as it is listed first.
        public let path: String
        /// The lines, or in a folder the places, at which it is listed.
        public let lines: [Int]
        /// Whether it is not listed with the same labels everywhere.
        public let isConflict: Bool
    }

    /// How many videos a class has.
    public struct ClassCount: Sendable, Codable, Equatable {
        /// The class's number.
        public let label: Int
        /// Its name, where it is known.
        public let name: String?
        /// The number of entries with its label.
        public let videos: Int
        /// The number of them that are used.
        public let usable: Int
    }

    init(_ list: VideoList, _ entries: [CheckedEntry], _ rows: [VideoHealth]) {
        (self.list, self.rows, places) = (list, rows, entries.map(\.place))
        summary = Summary(
            list: list.path, digest: list.digest, classDigest: list.classes?.digest, videos: rows.count,
            usable: rows.count { $0.action == .use }, statuses: Self.statuses(of: rows),
            duplicates: Self.duplicates(in: entries), classes: Self.classes(of: list, rows))
    }

    private static func statuses(of rows: [VideoHealth]) -> [StatusCount] {
        let counts = Dictionary(rows.map { ($0.status, 1) }, uniquingKeysWith: +)
        return VideoStatus.allCases.compactMap { status in
            guard let count = counts[status], let first = rows.first(where: { $0.status == status }) else { return nil }
            let detail = first.detail.map { " (\($0))" } ?? ""
            return StatusCount(status: status, count: count, example: first.path + detail)
        }
    }

    private static func duplicates(in entries: [CheckedEntry]) -> [Duplicate] {
        let groups = Dictionary(grouping: entries.indices, by: { entries[$0].identity }).values.filter { $0.count > 1 }
        return groups.sorted { $0[0] < $1[0] }.map { group in
            Duplicate(
                path: entries[group[0]].sample.source.path, lines: group.map { entries[$0].place.line },
                isConflict: Set(group.map { entries[$0].sample.labels.sorted() }).count > 1)
        }
    }

    private static func classes(of list: VideoList, _ rows: [VideoHealth]) -> [ClassCount] {
        let known = rows.filter { $0.status != .badLabel }
        let count = list.classCount ?? (known.flatMap(\.labels).max().map { $0 + 1 } ?? 0)
        // A label of a list without classes may be any number.
        guard count <= max(1_000_000, list.classes?.count ?? 0) else { return [] }
        var (videos, usable) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
        for row in known {
            for label in row.labels {
                videos[label] += 1
                if row.action == .use { usable[label] += 1 }
            }
        }
        return (0..<count).map {
            ClassCount(label: $0, name: list.classes?.names[$0], videos: videos[$0], usable: usable[$0])
        }
    }
}
