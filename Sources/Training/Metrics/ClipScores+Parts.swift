extension ClipScores {
    /// The videos of chosen classes, scored against those classes only.
    ///
    /// Of logits the softmax is taken over the chosen classes; probabilities are divided by their sum. For one view and
    /// one template both are the same. A video of several classes stays if one of them is chosen.
    ///
    /// - Parameter chosen: positions of classes, in any order; they compete in ascending order.
    /// - Returns: the part; its labels are positions among the chosen classes.
    /// - Throws: `TrainingError.badEvaluation` for a class twice, none, or one that does not exist.
    public func restricted(to chosen: [Int]) throws(TrainingError) -> ClipScores {
        try validate()
        let chosen = chosen.sorted()
        guard !chosen.isEmpty, Set(chosen).count == chosen.count, chosen.allSatisfy(classes.indices.contains) else {
            throw .badEvaluation("the classes that compete must differ and lie in 0..<\(classes.count): \(chosen)")
        }
        let place = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1, $0) })
        let kept = labels.indices.filter { row in labels[row].contains { place[$0] != nil } }
        var part = rows(kept)
        part.classes = chosen.map { classes[$0] }
        part.labels = kept.map { labels[$0].compactMap { place[$0] } }
        part.scores = kept.map { row in
            (0..<views).flatMap { view in renormalized(chosen.map { scores[row][view * classes.count + $0] }) }
        }
        part.unreadable = unreadable.compactMap { video in
            var video = video
            video.labels = video.labels.compactMap { place[$0] }
            return video.labels.isEmpty ? nil : video
        }
        return part
    }

    private func renormalized(_ row: [Double]) -> [Double] {
        guard kind == .probabilities, !isMultiLabel else { return row }
        let sum = row.reduce(0, +)
        return sum > 0 ? row.map { $0 / sum } : row
    }

    /// The videos of a part of the list, by path.
    ///
    /// - Parameter chosen: paths as the list says them, each once.
    /// - Returns: the part, in the order of `chosen`; its positions are those in `chosen`.
    /// - Throws: `TrainingError.badEvaluation` for a path that the table lacks or has twice.
    public func restricted(toPaths chosen: [String]) throws(TrainingError) -> ClipScores {
        try validate()
        let scored = Dictionary(grouping: paths.indices) { paths[$0] }
        let broken = Dictionary(grouping: unreadable.indices) { unreadable[$0].path }
        var kept: [Int] = [], places: [Int] = [], missed: [UnreadableVideo] = []
        var seen: Set<String> = []
        for (place, path) in chosen.enumerated() {
            let rows = scored[path] ?? [], failures = broken[path] ?? []
            guard rows.count + failures.count == 1, seen.insert(path).inserted else {
                throw .badEvaluation(
                    "\(path): it must be once in the list and once among the scores; it was scored "
                        + "\(rows.count + failures.count) times")
            }
            if let row = rows.first {
                kept.append(row)
                places.append(place)
            }
            for failure in failures {
                var video = unreadable[failure]
                video.position = place
                missed.append(video)
            }
        }
        var part = rows(kept)
        part.positions = places
        part.unreadable = missed
        return part
    }

    /// The table of a whole list from those of processes that scored a part each.
    ///
    /// - Parameters:
    ///   - shards: tables of the same classes with positions, in any order.
    ///   - videos: the number of videos of the list.
    /// - Returns: the rows in the list's order, the table that one process would have made.
    /// - Throws: `TrainingError.badEvaluation` if a video is missing or was counted twice, or if tables differ in kind.
    public static func merged(_ shards: [ClipScores], videos: Int) throws(TrainingError) -> ClipScores {
        guard var whole = shards.first else { throw .badEvaluation("no scores to merge") }
        for shard in shards {
            try shard.validate()
            guard shard.classes == whole.classes, shard.kind == whole.kind, shard.views == whole.views else {
                throw .badEvaluation("processes scored other classes, views or kinds of scores than each other")
            }
        }
        let places = shards.flatMap(\.positions), broken = shards.flatMap(\.unreadable)
        let all = places + broken.compactMap(\.position)
        guard all.sorted() == Array(0..<videos), shards.allSatisfy({ $0.positions.count == $0.paths.count }) else {
            throw .badEvaluation(
                "\(videos) videos must be counted exactly once each; processes reported "
                    + "\(all.count), \(Set(all).count) of them different")
        }
        let order = places.indices.sorted { places[$0] < places[$1] }
        whole.paths = shards.flatMap(\.paths)
        whole.labels = shards.flatMap(\.labels)
        whole.scores = shards.flatMap(\.scores)
        whole.positions = places
        whole.isMultiLabel = shards.contains(where: \.isMultiLabel)
        whole = whole.rows(order)
        whole.unreadable = broken.sorted { ($0.position ?? 0) < ($1.position ?? 0) }
        return whole
    }

    private func rows(_ kept: [Int]) -> ClipScores {
        var part = self
        part.paths = kept.map { paths[$0] }
        part.labels = kept.map { labels[$0] }
        part.scores = kept.map { scores[$0] }
        part.positions = positions.isEmpty ? [] : kept.map { positions[$0] }
        return part
    }
}
