/// The words of Puppets: captions in varied wording, prompts and the closed vocabulary.
extension Puppets {
    /// The sentence that stands for a class: the name within a fixed frame of words.
    ///
    /// - Parameter action: the class.
    /// - Returns: such as "a video of a person raising the left arm".
    public static func prompt(for action: PuppetsAction) -> String { "a video of a person \(action.name)" }

    /// Every word that captions, class names and prompts are made of, sorted.
    public static let vocabularyWords: [String] = {
        var words = Set<String>()
        func add(_ text: String) { words.formUnion(text.split(separator: " ").map(String.init)) }
        for action in actions {
            add(action.name)
            add(action.thirdPerson)
            add(prompt(for: action))
        }
        for form in CaptionForm.allCases { add(form.words) }
        for word in subjects + openings + ["outdoors", "indoors", "in a shirt"] { add(word) }
        for colour in PuppetsColour.allCases { add(colour.rawValue) }
        for place in PuppetsPlace.allCases { add(place.words) }
        for time in PuppetsTime.allCases { add(time.words) }
        return words.sorted()
    }()

    /// Captions of random clips of both looks and every action, to fit a vocabulary on.
    ///
    /// - Parameters:
    ///   - count: how many captions.
    ///   - seed: what the draws start from.
    /// - Returns: `count` captions.
    public static func corpus(_ count: Int, seed: UInt64 = 0) -> [String] {
        (0..<count).map { index in
            let clip = PuppetsClip(
                action: actions[index % actions.count], look: index / actions.count % 2 == 0 ? .first : .second,
                seed: SplitMix64.hash(seed, UInt64(index)))
            return clip.caption(0)
        }
    }

    static let subjects = ["a person", "someone", "a puppet", "the person", "somebody"]
    static let openings = ["a video of", "a clip of", "a scene with", "footage of", "a short film of"]
}

/// The grammatical forms of a caption.
enum CaptionForm: CaseIterable {
    /// "someone is raising the left arm in the park"
    case progressive
    /// "someone raises the left arm in the park"
    case present
    /// "in the park someone is raising the left arm"
    case settingFirst
    /// "a video of someone raising the left arm in the park"
    case titled
    /// "raising the left arm in the park"
    case bare
    /// "someone can be seen raising the left arm in the park"
    case seen
    /// "here someone raises the left arm in the park"
    case here

    /// The words that the form adds.
    var words: String {
        switch self {
        case .progressive, .settingFirst: "is"
        case .present, .titled, .bare: ""
        case .seen: "can be seen"
        case .here: "here"
        }
    }
}

extension PuppetsClip {
    /// A caption of the clip, the same for the same number.
    ///
    /// It always contains the action's words, in the gerund or the third person; the shirt, the colour of the object,
    /// the place and the time of day come in part of the captions.
    ///
    /// - Parameter variant: which wording.
    /// - Returns: words in lower case, blanks between, without punctuation.
    public func caption(_ variant: Int) -> String {
        var random = SplitMix64(
            seed: SplitMix64.hash(seed, Stream.caption.rawValue), stream: UInt64(bitPattern: Int64(variant)))
        let form = random.pick(CaptionForm.allCases)
        var subject = random.pick(Puppets.subjects)
        let opening = random.pick(Puppets.openings)
        if random.chance(0.5) { subject += " in a \(attributes.shirt.rawValue) shirt" }
        let coloured = random.chance(0.4)
        let gerund = coloured ? withObjectColour(action.name) : action.name
        let third = coloured ? withObjectColour(action.thirdPerson) : action.thirdPerson
        let setting = setting(&random)
        let words: [String] =
            switch form {
            case .progressive: [subject, form.words, gerund, setting]
            case .present: [subject, third, setting]
            case .settingFirst: [setting, subject, form.words, gerund]
            case .titled: [opening, subject, gerund, setting]
            case .bare: [gerund, setting]
            case .seen: [subject, form.words, gerund, setting]
            case .here: [form.words, subject, third, setting]
            }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Where and when, or one of them, or nothing.
    private func setting(_ random: inout SplitMix64) -> String {
        let general = attributes.place.isIndoors ? "indoors" : "outdoors"
        let place = random.chance(0.8) ? attributes.place.words : general
        let parts = [random.chance(0.6) ? place : "", random.chance(0.35) ? attributes.time.words : ""]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The phrase with the object's colour put before the object, if it has one.
    private func withObjectColour(_ phrase: String) -> String {
        phrase.split(separator: " ").map { word in
            let isObject = PuppetsObject.allCases.contains { $0.rawValue == word }
            return isObject ? "\(attributes.object.rawValue) \(word)" : String(word)
        }.joined(separator: " ")
    }
}
