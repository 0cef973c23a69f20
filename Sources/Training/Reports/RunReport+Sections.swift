internal import Foundation

extension RunReport {
    /// The figures that are looked for first.
    var tiles: Markup {
        guard let report = classification else { return "" }
        var tiles: [(String, String)] = []
        if let mAP = report.mAP { tiles.append((Markup.percent(mAP), "mAP")) }
        let all = report.unreadable > 0
        tiles.append((Markup.percent(report.top1OverAll), all ? "top-1, unreadable videos wrong" : "top-1"))
        if all { tiles.append((Markup.percent(report.top1), "top-1 of readable videos")) }
        tiles.append((Markup.percent(report.top5OverAll), all ? "top-5, unreadable videos wrong" : "top-5"))
        if let mean = report.meanClassAccuracy { tiles.append((Markup.percent(mean), "mean class accuracy")) }
        if let pairs = report.withinPairs { tiles.append((Markup.percent(pairs), "within time-order pairs")) }
        if let ece = report.ece { tiles.append((Markup.percent(ece), "calibration error (ECE)")) }
        tiles.append(("\(report.videos)", "videos of \(report.classes) classes"))
        if all { tiles.append(("\(report.unreadable)", "videos could not be read")) }
        let items = tiles.map { figure, name -> Markup in "<li><b>\(figure)</b><span>\(name)</span></li>\n" }
        return "<ul class=\"tiles\">\n\(items)</ul>"
    }

    var runSection: Markup {
        guard !facts.isEmpty || recipe != nil else { return "" }
        let rows = facts.map { fact -> Markup in
            "<tr><th scope=\"row\">\(fact.name)</th><td>\(fact.value)</td></tr>\n"
        }
        let text: Markup = recipe.map { "<details><summary>Recipe</summary><pre>\($0)</pre></details>" } ?? ""
        return "<section><h2>Run</h2><table class=\"facts\"><tbody>\n\(rows)</tbody></table>\(text)</section>\n"
    }

    var curveSection: Markup {
        let charts = Chart.all(of: log)
        guard !charts.isEmpty else { return "" }
        let steps = [log.map(\.step).min(), log.map(\.step).max()].compactMap { $0.map(Double.init) }
        return
            "<section><h2>Curves</h2><div class=\"charts\">\n\(charts.map { ChartDrawing($0, steps: steps).markup })</div></section>\n"
    }

    var confusionSection: Markup {
        guard let matrix = classification?.confusion else { return "" }
        return "<section><h2>Confusion matrix</h2>\(ConfusionDrawing(matrix).markup)</section>\n"
    }

    var calibrationSection: Markup {
        guard let calibration = classification?.calibration else { return "" }
        let error = String(format: "%.4f", calibration.error)
        return """
            <section><h2>Calibration</h2><p>Bars: the share that is right among videos of a confidence; dots: the mean \
            confidence; on the line a model is as often right as it says. Expected calibration error \(error).</p>
            \(CalibrationDrawing(calibration: calibration).markup)</section>

            """
    }

    var classSection: Markup {
        guard let report = classification, !report.perClass.isEmpty else { return "" }
        let isMultiLabel = report.mAP != nil
        let figure = { (row: ClassResult) in isMultiLabel ? row.averagePrecision : row.accuracy }
        let order = report.perClass.indices.sorted {
            (figure(report.perClass[$0]) ?? 2, $0) < (figure(report.perClass[$1]) ?? 2, $1)
        }
        let rows = order.map { place -> Markup in
            let row = report.perClass[place], share = figure(row)
            let taken = row.confusion.map { "\($0.name) (\($0.videos))" } ?? "–"
            let meter: Markup = "<span class=\"meter\"><i style=\"width:\((share ?? 0) * 100)%\"></i></span>"
            return """
                <tr><th scope="row">\(row.name)</th><td class="figure">\(row.videos)</td>\
                <td class="figure">\(row.unreadable)</td><td class="figure">\(meter)<span class="share">\(Markup.percent(share))</span></td>\
                <td>\(isMultiLabel ? "–" : taken)</td></tr>

                """
        }
        return """
            <section><h2>Classes</h2><p>The weakest first.</p><div class="scroll" tabindex="0"><table><thead><tr>\
            <th scope="col">class</th><th scope="col" class="figure">videos</th><th scope="col" class="figure">unreadable</th>\
            <th scope="col" class="figure">\(isMultiLabel ? "average precision" : "accuracy")</th>\
            <th scope="col">most often taken for</th></tr></thead><tbody>
            \(rows)</tbody></table></div></section>

            """
    }

    var mistakeSection: Markup {
        guard !mistakes.isEmpty else { return "" }
        let cards = mistakes.map { shown -> Markup in
            let mistake = shown.mistake
            let picture: Markup =
                shown.strip.map { strip in
                    """
                    <img src="data:\(strip.mediaType);base64,\(Data(strip.bytes).base64EncodedString())" \
                    width="\(strip.width)" height="\(strip.height)" alt="frames of \(mistake.path)">
                    """
                } ?? "<div class=\"missing\">no frames</div>"
            return """
                <figure class="mistake">\(picture)<figcaption>said <span class="said">\(mistake.predicted)</span> with \
                \(Markup.percent(mistake.confidence)), shows <span class="actual">\(mistake.actual.joined(separator: ", "))</span> \
                (\(Markup.percent(mistake.ownConfidence)))<small>\(mistake.path)</small></figcaption></figure>

                """
        }
        return "<section><h2>Most confident mistakes</h2><div class=\"mistakes\">\n\(cards)</div></section>\n"
    }

    var skippedSection: Markup {
        guard !skipped.isEmpty else { return "<section><h2>Skipped videos</h2><p>None.</p></section>\n" }
        let rows = skipped.map { video -> Markup in "<tr><td>\(video.path)</td><td>\(video.reason)</td></tr>\n" }
        return """
            <section><h2>Skipped videos</h2><p>\(skipped.count) could not be used.</p><div class="scroll" tabindex="0">\
            <table><thead><tr><th scope="col">video</th><th scope="col">why</th></tr></thead><tbody>
            \(rows)</tbody></table></div></section>

            """
    }
}
