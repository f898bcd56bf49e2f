"""One transaction and the repositories that share it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from storage.announcements import AnnouncementRepository, Subscription
from storage.audit import AuditRepository
from storage.betas import BetaRepository
from storage.boards import BoardRepository
from storage.cases import CaseRepository
from storage.causes import CauseRepository
from storage.chats import ChatRepository
from storage.checkins import CheckinRepository
from storage.circle import CircleRepository
from storage.complaints import ComplaintRepository
from storage.consents import ConsentRepository
from storage.contributions import ContributionRepository
from storage.corrections import CorrectionRepository
from storage.deliveries import DeliveryRepository
from storage.discoveries import DiscoveryRepository
from storage.drafting import DraftingRepository
from storage.drafts import DraftRepository
from storage.echoes import EchoRepository
from storage.expectations import ExpectationRepository
from storage.feedback import FeedbackRepository
from storage.followers import FollowerRepository
from storage.forgetting import ForgettingRepository
from storage.half_sent import HalfSentRepository
from storage.immunity import ImmunityRepository
from storage.inbox import InboxRepository
from storage.insights import InsightRepository
from storage.intake import IntakeRepository
from storage.ladder import LadderRepository
from storage.letters import LetterRepository
from storage.likeness import LikenessRepository
from storage.loops import LoopRepository
from storage.meanings import MeaningRepository
from storage.member_tags import MemberTagRepository
from storage.members import MemberRepository
from storage.moves import MoveRepository
from storage.mydata import MydataRepository
from storage.notes import NoteRepository
from storage.outages import busy_while_away
from storage.outbox import OutboxRepository
from storage.points import PointRepository
from storage.polls import PollRepository
from storage.progress import ProgressRepository
from storage.promises import PromiseRepository
from storage.recoveries import RecoveryRepository
from storage.reports import ReportRepository
from storage.resonances import ResonanceRepository
from storage.retention import RetentionRepository
from storage.retractions import RetractionRepository
from storage.rewording import RewordingRepository
from storage.routes import RouteRepository
from storage.runs import RunRepository
from storage.said import SaidRepository
from storage.sameness import SamenessRepository
from storage.service import ServiceRepository
from storage.splits import SplitRepository
from storage.staff import StaffRepository
from storage.stories import StoryRepository
from storage.timers import TimerRepository
from storage.titles import TitleRepository
from storage.topics import TopicRepository
from storage.unmaskings import UnmaskingRepository
from storage.updates import UpdateRepository
from storage.veils import VeilRepository
from storage.verdicts import VerdictRepository
from storage.webchat import WebchatRepository

if TYPE_CHECKING:
    from storage.postgres import ServerConnection
    from storage.sqlite import InPlaceConnection


class UnitOfWork:
    """Everything written through it lands at once or not at all; made by Database.begin."""

    def __init__(
        self, connection: InPlaceConnection | ServerConnection, subscriptions: tuple[Subscription, ...] = ()
    ) -> None:
        self.connection = connection
        self.subscriptions = subscriptions
        self.written: set[str] = set()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside when it raises. **Errors**: StorageBusyError, which ends it all."""
        with busy_while_away():
            async with self.connection.begin_nested():
                yield

    # What comes in
    intake = cached_property(IntakeRepository)  # what each batch begins with
    updates = cached_property(UpdateRepository)  # seen marks, quarantine and activity
    half_sent = cached_property(HalfSentRepository)  # what is cut into pieces and under way
    said = cached_property(SaidRepository)  # what was said lately, for quotes without an author
    chats = cached_property(ChatRepository)  # groups and private conversations
    members = cached_property(MemberRepository)  # people
    staff = cached_property(StaffRepository)  # who is KOS or admin, and who said so
    member_tags = cached_property(MemberTagRepository)  # tags that staff give to people
    webchat = cached_property(WebchatRepository)  # what the local web chat shows

    # Voices and what becomes of them
    feedback = cached_property(FeedbackRepository)  # voices and their changes
    notes = cached_property(NoteRepository)  # what staff write down beside a voice
    followers = cached_property(FollowerRepository)  # who is told of it, besides its contributor
    drafts = cached_property(DraftRepository)  # what may yet become feedback
    reports = cached_property(ReportRepository)  # facts that were asked for beside a voice
    inbox = cached_property(InboxRepository)  # what waits for staff
    moves = cached_property(MoveRepository)  # several feedbacks moved at once
    topics = cached_property(TopicRepository)  # what several voices are about
    resonances = cached_property(ResonanceRepository)  # who met it too
    splits = cached_property(SplitRepository)  # feedback cut in two
    sameness = cached_property(SamenessRepository)  # whether contributors say that it is the same thing
    verdicts = cached_property(VerdictRepository)  # whether it is really better
    loops = cached_property(LoopRepository)  # how far each voice has come on its way back
    progress = cached_property(ProgressRepository)  # what moved because of members

    # What is understood
    likeness = cached_property(LikenessRepository)  # which feedback is like a text
    meanings = cached_property(MeaningRepository)  # which feedback means the same as a text
    corrections = cached_property(CorrectionRepository)  # what a person chose where the classifier guessed
    complaints = cached_property(ComplaintRepository)  # untagged words that hurt
    drafting = cached_property(DraftingRepository)  # what staff asked the assistant to draft

    # Who can act, and by when
    routes = cached_property(RouteRepository)  # which department has what in hand
    points = cached_property(PointRepository)  # what departments are asked about
    insights = cached_property(InsightRepository)  # what staff say a point is about
    announcements = cached_property(AnnouncementRepository)  # what other programs are told
    service = cached_property(ServiceRepository)  # who answers, by when, and how fast it was

    # When it hurts
    cases = cached_property(CaseRepository)  # what a group may watch
    causes = cached_property(CauseRepository)  # why it hurt
    recoveries = cached_property(RecoveryRepository)  # who was hurt and says it is better
    immunity = cached_property(ImmunityRepository)  # what hurt, why, and whether it came back

    # Private, and consented
    veils = cached_property(VeilRepository)  # hidden contributors and the way back to them
    letters = cached_property(LetterRepository)  # what became of promises to aliases
    unmaskings = cached_property(UnmaskingRepository)  # who asked to look behind an alias, and who agreed
    consents = cached_property(ConsentRepository)  # what members allowed
    stories = cached_property(StoryRepository)  # what members let us tell of their praise
    retractions = cached_property(RetractionRepository)  # what is not to be seen any more
    mydata = cached_property(MydataRepository)  # everything that is kept about one member
    forgetting = cached_property(ForgettingRepository)  # members who want to be forgotten
    rewording = cached_property(RewordingRepository)  # what was said to others of somebody who was forgotten
    retention = cached_property(RetentionRepository)  # what is older than it is to be kept
    audit = cached_property(AuditRepository)  # who changed what

    # Honours
    contributions = cached_property(ContributionRepository)  # the ledger of credit
    titles = cached_property(TitleRepository)  # who holds which honour
    ladder = cached_property(LadderRepository)  # which rungs were reached, and what they open
    boards = cached_property(BoardRepository)  # who contributed, who closed loops
    discoveries = cached_property(DiscoveryRepository)  # what members found out
    betas = cached_property(BetaRepository)  # who tries a change first
    circle = cached_property(CircleRepository)  # who is in the core circle

    # What the clock starts
    runs = cached_property(RunRepository)  # slots of rituals, and what staff changed about them
    checkins = cached_property(CheckinRepository)  # who checked in
    polls = cached_property(PollRepository)  # who chose what
    timers = cached_property(TimerRepository)  # due moments

    # What goes out
    outbox = cached_property(OutboxRepository)  # promises to send
    promises = cached_property(PromiseRepository)  # what was promised, and what became of it
    echoes = cached_property(EchoRepository)  # promises to many people at once
    deliveries = cached_property(DeliveryRepository)  # the relay's side of the outbox
    expectations = cached_property(ExpectationRepository)  # what we asked somebody and wait to hear
