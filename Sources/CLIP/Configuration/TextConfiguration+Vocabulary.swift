extension TextConfiguration {
    /// Why a vocabulary is not the one that the text tower was trained with.
    ///
    /// An id past the embedding table would read foreign memory, and an end symbol that is not where the text is pooled
    /// would silently give the features of another position.
    ///
    /// - Parameter vocabulary: the vocabulary.
    /// - Returns: what differs; nil for one that fits.
    package func problem(with vocabulary: BytePairVocabulary) -> String? {
        guard vocabulary.count == vocabularySize else {
            return "it has \(vocabulary.count) symbols, the model \(vocabularySize)"
        }
        switch pooling {
        case .largestToken where vocabulary.endID != vocabulary.count - 1:
            return "the model looks for the largest id, \(vocabulary.count - 1); the end symbol is \(vocabulary.endID)"
        case .firstToken(let id) where vocabulary.endID != id:
            return "the model looks for the end symbol \(id), here it is \(vocabulary.endID)"
        case .largestToken, .firstToken: return nil
        }
    }
}
