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
from storage.departments import RouteRepository
from storage.discoveries import DiscoveryRepository
from storage.drafting import DraftingRepository
from storage.drafts import DraftRepository
from storage.echoes import EchoRepository
from storage.expectations import ExpectationRepository
from storage.feedback import FeedbackRepository
from storage.forgetting import ForgettingRepository
from storage.half_sent import HalfSentRepository
from storage.immunity import ImmunityRepository
from storage.inbox import InboxRepository
from storage.insights import InsightRepository
from storage.ladder import LadderRepository
from storage.likeness import LikenessRepository
from storage.loops import LoopRepository
from storage.meanings import MeaningRepository
from storage.member_tags import MemberTagRepository
from storage.members import MemberRepository
from storage.moves import MoveRepository
from storage.mydata import MydataRepository
from storage.outages import busy_while_away
from storage.outbox import OutboxRepository
from storage.points import PointRepository
from storage.polls import PollRepository
from storage.progress import ProgressRepository
from storage.recoveries import RecoveryRepository
from storage.reports import ReportRepository
from storage.resonances import ResonanceRepository
from storage.retention import RetentionRepository
from storage.retractions import RetractionRepository
from storage.rewording import RewordingRepository
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
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.sqlite import InPlaceConnection


class UnitOfWork:
    """Everything written through it lands at once or not at all; made by Database.begin."""

    def __init__(
        self, connection: AsyncConnection | InPlaceConnection, subscriptions: tuple[Subscription, ...] = ()
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

    @cached_property
    def updates(self) -> UpdateRepository:
        """Seen marks, quarantine and activity."""
        return UpdateRepository(self)

    @cached_property
    def half_sent(self) -> HalfSentRepository:
        """What is cut into pieces and under way."""
        return HalfSentRepository(self)

    @cached_property
    def routes(self) -> RouteRepository:
        """Which department has what in hand."""
        return RouteRepository(self)

    @cached_property
    def insights(self) -> InsightRepository:
        """What staff say a point is about."""
        return InsightRepository(self)

    @cached_property
    def announcements(self) -> AnnouncementRepository:
        """What other programs are told."""
        return AnnouncementRepository(self)

    @cached_property
    def points(self) -> PointRepository:
        """What departments are asked about."""
        return PointRepository(self)

    @cached_property
    def chats(self) -> ChatRepository:
        """Groups and private conversations."""
        return ChatRepository(self)

    @cached_property
    def members(self) -> MemberRepository:
        """People."""
        return MemberRepository(self)

    @cached_property
    def staff(self) -> StaffRepository:
        """Who is KOS or admin, and who said so."""
        return StaffRepository(self)

    @cached_property
    def feedback(self) -> FeedbackRepository:
        """Voices and their changes."""
        return FeedbackRepository(self)

    @cached_property
    def inbox(self) -> InboxRepository:
        """What waits for staff."""
        return InboxRepository(self)

    @cached_property
    def contributions(self) -> ContributionRepository:
        """The ledger of credit."""
        return ContributionRepository(self)

    @cached_property
    def consents(self) -> ConsentRepository:
        """What members allowed."""
        return ConsentRepository(self)

    @cached_property
    def complaints(self) -> ComplaintRepository:
        """Untagged words that hurt."""
        return ComplaintRepository(self)

    @cached_property
    def cases(self) -> CaseRepository:
        """What a group may watch."""
        return CaseRepository(self)

    @cached_property
    def causes(self) -> CauseRepository:
        """Why it hurt."""
        return CauseRepository(self)

    @cached_property
    def recoveries(self) -> RecoveryRepository:
        """Who was hurt and says it is better."""
        return RecoveryRepository(self)

    @cached_property
    def immunity(self) -> ImmunityRepository:
        """What hurt, why, and whether it came back."""
        return ImmunityRepository(self)

    @cached_property
    def retractions(self) -> RetractionRepository:
        """What is not to be seen any more."""
        return RetractionRepository(self)

    @cached_property
    def expectations(self) -> ExpectationRepository:
        """What we asked somebody and wait to hear."""
        return ExpectationRepository(self)

    @cached_property
    def verdicts(self) -> VerdictRepository:
        """Whether it is really better."""
        return VerdictRepository(self)

    @cached_property
    def drafts(self) -> DraftRepository:
        """What may yet become feedback."""
        return DraftRepository(self)

    @cached_property
    def runs(self) -> RunRepository:
        """Slots of rituals, and what staff changed about them."""
        return RunRepository(self)

    @cached_property
    def checkins(self) -> CheckinRepository:
        """Who checked in."""
        return CheckinRepository(self)

    @cached_property
    def polls(self) -> PollRepository:
        """Who chose what."""
        return PollRepository(self)

    @cached_property
    def timers(self) -> TimerRepository:
        """Due moments."""
        return TimerRepository(self)

    @cached_property
    def outbox(self) -> OutboxRepository:
        """Promises to send."""
        return OutboxRepository(self)

    @cached_property
    def echoes(self) -> EchoRepository:
        """Promises to many people at once."""
        return EchoRepository(self)

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        """The relay's side of the outbox."""
        return DeliveryRepository(self)

    @cached_property
    def progress(self) -> ProgressRepository:
        """What moved because of members."""
        return ProgressRepository(self)

    @cached_property
    def audit(self) -> AuditRepository:
        """Who changed what."""
        return AuditRepository(self)

    @cached_property
    def member_tags(self) -> MemberTagRepository:
        """Tags that staff give to people."""
        return MemberTagRepository(self)

    @cached_property
    def stories(self) -> StoryRepository:
        """What members let us tell of their praise."""
        return StoryRepository(self)

    @cached_property
    def mydata(self) -> MydataRepository:
        """Everything that is kept about one member."""
        return MydataRepository(self)

    @cached_property
    def forgetting(self) -> ForgettingRepository:
        """Members who want to be forgotten."""
        return ForgettingRepository(self)

    @cached_property
    def retention(self) -> RetentionRepository:
        """What is older than it is to be kept."""
        return RetentionRepository(self)

    @cached_property
    def rewording(self) -> RewordingRepository:
        """What was said to others of somebody who was forgotten."""
        return RewordingRepository(self)

    @cached_property
    def webchat(self) -> WebchatRepository:
        """What the local web chat shows."""
        return WebchatRepository(self)

    @cached_property
    def loops(self) -> LoopRepository:
        """How far each voice has come on its way back."""
        return LoopRepository(self)

    @cached_property
    def said(self) -> SaidRepository:
        """What was said lately, for quotes without an author."""
        return SaidRepository(self)

    @cached_property
    def likeness(self) -> LikenessRepository:
        """Which feedback is like a text."""
        return LikenessRepository(self)

    @cached_property
    def meanings(self) -> MeaningRepository:
        """Which feedback means the same as a text."""
        return MeaningRepository(self)

    @cached_property
    def drafting(self) -> DraftingRepository:
        """What staff asked the assistant to draft."""
        return DraftingRepository(self)

    @cached_property
    def corrections(self) -> CorrectionRepository:
        """What a person chose where the classifier guessed."""
        return CorrectionRepository(self)

    @cached_property
    def titles(self) -> TitleRepository:
        """Who holds which honour."""
        return TitleRepository(self)

    @cached_property
    def ladder(self) -> LadderRepository:
        """Which rungs were reached, and what they open."""
        return LadderRepository(self)

    @cached_property
    def boards(self) -> BoardRepository:
        """Who contributed, who closed loops."""
        return BoardRepository(self)

    @cached_property
    def discoveries(self) -> DiscoveryRepository:
        """What members found out."""
        return DiscoveryRepository(self)

    @cached_property
    def betas(self) -> BetaRepository:
        """Who tries a change first."""
        return BetaRepository(self)

    @cached_property
    def circle(self) -> CircleRepository:
        """Who is in the core circle."""
        return CircleRepository(self)

    @cached_property
    def topics(self) -> TopicRepository:
        """What several voices are about."""
        return TopicRepository(self)

    @cached_property
    def resonances(self) -> ResonanceRepository:
        """Who met it too."""
        return ResonanceRepository(self)

    @cached_property
    def sameness(self) -> SamenessRepository:
        """Whether contributors say that it is the same thing."""
        return SamenessRepository(self)

    @cached_property
    def splits(self) -> SplitRepository:
        """Feedback cut in two."""
        return SplitRepository(self)

    @cached_property
    def moves(self) -> MoveRepository:
        """Several feedbacks moved at once."""
        return MoveRepository(self)

    @cached_property
    def unmaskings(self) -> UnmaskingRepository:
        """Who asked to look behind an alias, and who agreed."""
        return UnmaskingRepository(self)

    @cached_property
    def veils(self) -> VeilRepository:
        """Hidden contributors and the way back to them."""
        return VeilRepository(self)

    @cached_property
    def service(self) -> ServiceRepository:
        """Who answers, by when, and how fast it was."""
        return ServiceRepository(self)

    @cached_property
    def reports(self) -> ReportRepository:
        """Facts that were asked for beside a voice."""
        return ReportRepository(self)
