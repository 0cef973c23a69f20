package import Testing

/// Expects that a process that trapped has said something on its standard error.
package func expectMessage(
    _ result: ExitTest.Result?, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let result else { return }  // the exit test itself has failed and said so
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains(message), sourceLocation: sourceLocation)
}
