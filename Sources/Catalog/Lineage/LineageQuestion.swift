package import CatalogModel

/// Which way lineage is followed.
package enum LineageDirection: String, Sendable {
    /// To what a thing is made of.
    case input = "INPUT"
    /// To what is made of a thing.
    case output = "OUTPUT"
    /// Both.
    case both = "BOTH"
}

/// What lineage is asked for.
package struct LineageQuestion: Sendable {
    /// Which way.
    package var direction: LineageDirection
    /// How many data sets far; 0 for all.
    package var depth: Int
    /// The most inputs that one entity shows; nil for all.
    package var inputLimit: Int?
    /// The most outputs that one entity shows; nil for all.
    package var outputLimit: Int?
    /// Whether deleted processes are passed over.
    package var hidesDeletedProcesses: Bool

    /// A question.
    package init(
        _ direction: LineageDirection,
        depth: Int,
        inputLimit: Int? = nil,
        outputLimit: Int? = nil,
        hidesDeletedProcesses: Bool = false
    ) {
        self.direction = direction
        self.depth = depth
        self.inputLimit = inputLimit
        self.outputLimit = outputLimit
        self.hidesDeletedProcesses = hidesDeletedProcesses
    }
}

/// Lineage around one entity.
package struct LineageAnswer: Sendable {
    /// One step of the data.
    package struct Step: Hashable, Sendable {
        /// Where the data comes from.
        package let from: EntityID
        /// Where it goes.
        package let to: EntityID
        /// The relationship between the two.
        package let relationship: EntityID
    }

    /// How many neighbours an entity has that aren't in the answer.
    package struct Rest: Hashable, Sendable {
        /// Inputs beyond the limit.
        package var inputs = 0
        /// Outputs beyond the limit.
        package var outputs = 0
        /// Inputs in the answer.
        package var shownInputs = 0
        /// Outputs in the answer.
        package var shownOutputs = 0
    }

    /// The entities, those of steps only; none when there are no steps.
    package fileprivate(set) var entities: [EntityID] = []
    /// The steps, each once.
    package fileprivate(set) var steps: [Step] = []
    /// Entities with neighbours that limits left out.
    package fileprivate(set) var rests: [EntityID: Rest] = [:]
    /// Whether the limit of steps was met.
    package fileprivate(set) var isCut = false
}

extension EntityGraph {
    /// The most steps that an answer has.
    package static let maximumLineageSteps = 9000

    /// Lineage around an entity.
    ///
    /// Deleted entities and relationships are followed too. A process is only shown with both sides. What somebody may
    /// not read ends the way.
    /// - Throws: `.unknownEntity`; `.unsuitableLineageType` for what is neither data set nor process.
    /// - Source: `EntityLineageService.getLineageInfoV2`.
    package func lineage(
        of id: EntityID,
        _ question: LineageQuestion,
        _ gate: any CatalogGate
    ) throws(CatalogError) -> LineageAnswer {
        guard let entity = self[id] else { throw CatalogError.unknown(id) }
        let shape = types.entityTypes[entity.typeName]
        let isProcess = shape?.isA(BaseTypes.process) ?? false
        guard isProcess || shape?.isA(BaseTypes.dataSet) ?? false else {
            throw CatalogError(
                .unsuitableLineageType,
                "Given instance guid \(id) with type \(entity.typeName) is not a valid lineage entity type."
            )
        }
        var walk = LineageWalk(graph: self, question: question, gate: gate)
        let depth = question.depth <= 0 ? Int.max : question.depth
        for isInput in [true, false] {
            guard question.direction != (isInput ? .output : .input) else { continue }
            walk.begin()
            if isProcess {
                for next in walk.dataSets(beside: id, isInput: isInput) {
                    walk.add(next, isInput: isInput)
                    walk.follow(next.other, isInput: isInput, depth: depth - 1)
                }
            } else {
                walk.follow(id, isInput: isInput, depth: depth)
            }
        }
        return walk.answer
    }
}

private struct LineageWalk {
    struct Neighbour {
        let here: EntityID
        let other: EntityID
        let relationship: EntityID
    }

    let graph: EntityGraph
    let question: LineageQuestion
    let gate: any CatalogGate
    var answer = LineageAnswer()
    private var seenSteps: Set<LineageAnswer.Step> = []
    private var seenEntities: Set<EntityID> = []
    /// How far each data set was followed already.
    private var followed: [EntityID: Int] = [:]

    init(graph: EntityGraph, question: LineageQuestion, gate: any CatalogGate) {
        self.graph = graph
        self.question = question
        self.gate = gate
    }

    mutating func begin() { followed = [:] }

    /// Follows a data set breadth first through the processes beside it.
    mutating func follow(_ start: EntityID, isInput: Bool, depth: Int) {
        guard depth > 0, followed[start] ?? 0 < depth else { return }
        followed[start] = depth
        var queue = [(start, depth)]
        var next = 0
        while next < queue.count, !answer.isCut {
            let (dataSet, left) = queue[next]
            next += 1
            for process in processes(beside: dataSet, isInput: isInput) {
                let beyond = dataSets(beside: process.other, isInput: isInput)
                guard !beyond.isEmpty else { continue }
                add(process, isInput: isInput)
                for step in beyond {
                    add(step, isInput: isInput)
                    if left > 1, followed[step.other] ?? 0 < left - 1 {
                        followed[step.other] = left - 1
                        queue.append((step.other, left - 1))
                    }
                }
            }
        }
    }

    /// The processes that write a data set (for inputs) or read it.
    mutating func processes(beside id: EntityID, isInput: Bool) -> [Neighbour] {
        let type = isInput ? BaseTypes.processOutputs : BaseTypes.processInputs
        var found: [Neighbour] = []
        for relationship in graph.relationships(of: id)
        where relationship.typeName == type && relationship.end2 == id {
            if question.hidesDeletedProcesses, graph[relationship.end1]?.isActive != true { continue }
            found.append(Neighbour(here: id, other: relationship.end1, relationship: relationship.id))
        }
        return limited(found, at: id, isInput: isInput)
    }

    /// The data sets that a process reads (for inputs) or writes.
    mutating func dataSets(beside id: EntityID, isInput: Bool) -> [Neighbour] {
        let type = isInput ? BaseTypes.processInputs : BaseTypes.processOutputs
        var found: [Neighbour] = []
        for relationship in graph.relationships(of: id)
        where relationship.typeName == type && relationship.end1 == id {
            found.append(Neighbour(here: id, other: relationship.end2, relationship: relationship.id))
        }
        return limited(found, at: id, isInput: isInput)
    }

    private mutating func limited(_ all: [Neighbour], at id: EntityID, isInput: Bool) -> [Neighbour] {
        let found =
            gate.isOpen
            ? all : all.filter { next in graph[next.other].map { graph.mayRead($0, gate) } ?? false }
        guard let limit = isInput ? question.inputLimit : question.outputLimit else { return found }
        let shown = Array(found.prefix(limit))
        var rest = answer.rests[id] ?? LineageAnswer.Rest()
        if isInput {
            (rest.shownInputs, rest.inputs) = (shown.count, found.count - shown.count)
        } else {
            (rest.shownOutputs, rest.outputs) = (shown.count, found.count - shown.count)
        }
        answer.rests[id] = rest
        return shown
    }

    mutating func add(_ neighbour: Neighbour, isInput: Bool) {
        let step = LineageAnswer.Step(
            from: isInput ? neighbour.other : neighbour.here,
            to: isInput ? neighbour.here : neighbour.other,
            relationship: neighbour.relationship
        )
        guard answer.steps.count < EntityGraph.maximumLineageSteps else {
            answer.isCut = true
            return
        }
        guard seenSteps.insert(step).inserted else { return }
        answer.steps.append(step)
        for id in [step.from, step.to] where seenEntities.insert(id).inserted { answer.entities.append(id) }
    }
}
