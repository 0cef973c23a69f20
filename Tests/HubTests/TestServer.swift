import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request as the tests' hub sees it.
struct TestRequest: Sendable {
    /// The path with its query.
    let path: String
    let headers: HTTPHeaders
    /// How many requests for the same path came before.
    let earlier: Int
}

/// What the tests' hub answers, faults included.
struct TestAnswer: Sendable {
    var status: HTTPResponseStatus = .ok
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    /// Announced instead of the true length.
    var length: Int?
    /// Whether the length is left out, as with a body made on the fly.
    var isChunked = false
    /// The connection is closed after so many bytes of the body.
    var cut: Int?
    /// Nothing follows after so many bytes of the body, and the connection stays open.
    var stall: Int?
}

/// An HTTP server on 127.0.0.1.
final class TestServer: Sendable {
    let url: URL
    private let channel: any Channel
    private let log: Log

    final class Log: Sendable {
        let requests = Mutex<[TestRequest]>([])
        let answer: @Sendable (TestRequest) -> TestAnswer
        init(_ answer: @escaping @Sendable (TestRequest) -> TestAnswer) { self.answer = answer }
    }

    /// All requests so far.
    var requests: [TestRequest] { log.requests.withLock { $0 } }

    init(_ answer: @escaping @Sendable (TestRequest) -> TestAnswer) async throws {
        let log = Log(answer)
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let url = URL(string: "http://127.0.0.1:\(channel.localAddress?.port ?? 0)") else {
            throw URLError(.badURL)
        }
        self.url = url
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let log: Log

        init(_ log: Log) { self.log = log }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let request = log.requests.withLock { requests in
                let request = TestRequest(
                    path: head.uri, headers: head.headers, earlier: requests.count { $0.path == head.uri })
                requests.append(request)
                return request
            }
            send(log.answer(request), context)
        }

        private func send(_ answer: TestAnswer, _ context: ChannelHandlerContext) {
            var head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
            if answer.isChunked {
                head.headers.add(name: "Transfer-Encoding", value: "chunked")
            } else {
                head.headers.add(name: "Content-Length", value: "\(answer.length ?? answer.body.count)")
            }
            head.headers.add(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let sent = answer.cut ?? answer.stall ?? answer.body.count
            let bytes = ByteBuffer(bytes: answer.body.prefix(sent))
            if answer.stall != nil {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
                return
            }
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            let last: HTTPServerResponsePart = answer.cut == nil ? .end(nil) : .body(.byteBuffer(ByteBuffer()))
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.value.writeAndFlush(wrapOutboundOut(last)).whenComplete { _ in context.value.close(promise: nil) }
        }
    }
}
