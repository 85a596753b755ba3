"""Labels of dates in the words of publishers: publication, change, or something else."""

import pytest

from crawler.extraction.metadata.date_labels import label_of, label_of_names

LABELS = {
    "published": {
        "en": (
            "Published | Posted on | First published | Originally published | Release date: | Released: | "
            "Issued: | Date issued | Date of issue | Publication date | Date published | Created: | "
            "Date created | Added: | Added on | Date added | Submitted on | Uploaded on | Filed on | "
            "Available online | Published online | Online since | First online | Entry date | Date: | "
            "Written on | Pub. date | Press release date | Aired"
        ),
        "de": (
            "Veröffentlicht | Veröffentlicht am | Erstellt am | Erstellt: | Erschienen am | "
            "Publiziert am | Eingestellt am | Online seit | Datum: | Erstveröffentlichung | "
            "Veröffentlichungsdatum | Gepostet am | Geschrieben am | Angelegt am | Verfasst am | "
            "Beitrag vom | Artikel vom | Meldung vom | Ausgegeben am | Freigegeben am"
        ),
        "fr": (
            "Publié le | Posté le | Mis en ligne le | Paru le | Date de publication | Date : | Créé le | "
            "Date de création | Rédigé le | Ajouté le | Diffusé le | Première publication"
        ),
        "es": (
            "Publicado | Publicada el | Fecha de publicación | Fecha: | Creado | Fecha de creación | "
            "Publicación: | Escrito el | Subido el | Emitido el"
        ),
        "pt": (
            "Publicado em | Publicação: | Data de publicação | Data da publicação | Postado em | "
            "Criado em | Data: | Escrito em | Divulgado em | Inserido em | Lançado em"
        ),
        "it": (
            "Pubblicato il | Pubblicato: | Data di pubblicazione | Pubblicazione: | Creato il | "
            "Inserito il | Scritto il | Data: | Postato il | Caricato il | Edito il"
        ),
        "nl": (
            "Gepubliceerd op | Geplaatst op | Publicatiedatum | Datum publicatie | Verschenen op | "
            "Datum: | Gemaakt op | Toegevoegd op | Aangemaakt op"
        ),
        "pl": (
            "Opublikowano | Data publikacji | Data dodania | Dodano | Utworzono | Data utworzenia | "
            "Data: | Publikacja: | Napisano | Wysłano"
        ),
        "ru": (
            "Опубликовано | Дата публикации | Размещено | Добавлено | Создано | Дата: | Дата создания | "
            "Дата размещения | Публикация"
        ),
        "uk": ("Опубліковано | Дата публікації | Додано | Створено | Дата: | Розміщено"),
        "tr": (
            "Yayınlanma tarihi | Yayın Tarihi | Giriş Tarihi | Giriş: | Eklenme | Oluşturulma | Tarih: | "
            "Yayınlandı | Yayımlanma"
        ),
        "id": (
            "Diterbitkan | Dipublikasikan | Diposting | Tanggal terbit | Tanggal: | Ditulis | Tayang | "
            "Dibuat | Terbit | Rilis"
        ),
        "ja": ("公開日 | 投稿日 | 掲載日 | 配信日 | 発行日 | 作成日 | 日付 | 登録日 | 公開 | 発表日 | リリース日"),
        "zh": (
            "发布时间 | 发布日期 | 发表时间 | 发布于 | 日期 | 时间 | 创建时间 | 上传时间 | 发文日期"
            " | 添加时间 | 发稿时间 | 成文日期 | 張貼日期 | 建立日期"
        ),
        "ko": ("입력 | 등록 | 등록일 | 작성일 | 게시일 | 기사입력 | 승인 | 발행일 | 날짜 | 작성 | 게재일 | 보도일"),
        "ar": ("نشر | تاريخ النشر | نشر في | تاريخ الإضافة | أضيف | التاريخ"),
        "he": ("פורסם | תאריך פרסום | פורסם ב"),
        "sv": ("Publicerad | Publicerat | Skapad | Datum: | Publiceringsdatum | Upplagd"),
        "da": ("Udgivet | Publiceret | Offentliggjort | Oprettet | Dato: | Udgivelsesdato"),
        "no": ("Publisert | Opprettet | Dato: | Lagt ut | Publisert dato"),
        "fi": ("Julkaistu | Luotu | Päivämäärä | Julkaisupäivä"),
        "cs": ("Publikováno | Zveřejněno | Vydáno | Vloženo | Datum vydání | Datum: | Vytvořeno | Přidáno"),
        "sk": ("Publikované | Zverejnené | Pridané | Vytvorené"),
        "hu": ("Megjelent | Közzétéve | Publikálva | Létrehozva | Feltöltve | Beküldve"),
        "ro": ("Publicat | Data publicării | Postat | Adăugat | Data:"),
        "el": ("Δημοσίευση | Δημοσιεύθηκε | Δημοσιεύτηκε | Ημερομηνία δημοσίευσης | Καταχωρήθηκε"),
        "vi": ("Đăng ngày | Ngày đăng | Xuất bản | Ngày đăng:"),
        "fa": ("تاریخ انتشار | منتشر شده | انتشار"),
        "hi": ("प्रकाशित | प्रकाशन तिथि"),
    },
    "updated": {
        "en": (
            "Updated | Last updated | Last modified | Modified on | Edited | Last edited | Last edit | "
            "Revised | Last revised | Amended | Last changed | Date modified | Last update | "
            "Corrected on | Refreshed"
        ),
        "de": (
            "Aktualisiert am | Zuletzt aktualisiert | Letzte Änderung | Zuletzt geändert | "
            "Letzte Aktualisierung | Geändert am | Update vom | Überarbeitet am | Bearbeitet am | "
            "Letztes Update | Aktualisierung:"
        ),
        "fr": (
            "Mis à jour le | Modifié le | Dernière modification | Mise à jour | Actualisé le | "
            "Dernière mise à jour | Édité le | Maj le | MAJ : | Date de mise à jour"
        ),
        "es": (
            "Actualizado | Actualizada | Última actualización | Modificado | Última modificación | "
            "Editado | Fecha de actualización | Última edición"
        ),
        "pt": (
            "Atualizado em | Atualização | Última atualização | Modificado em | Última modificação | "
            "Editado em | Alterado em"
        ),
        "it": ("Aggiornato il | Ultimo aggiornamento | Modificato il | Ultima modifica | Modifica: | Ultima revisione"),
        "nl": (
            "Bijgewerkt | Gewijzigd | Laatst bijgewerkt | Laatst gewijzigd | Laatste update | "
            "Laatste wijziging | Aangepast op | Geüpdatet | Update:"
        ),
        "pl": (
            "Aktualizacja | Zaktualizowano | Ostatnia aktualizacja | Zmodyfikowano | Ostatnia zmiana | "
            "Data modyfikacji | Ostatnia modyfikacja"
        ),
        "ru": (
            "Обновлено | Последнее обновление | Изменено | Дата обновления | Последнее изменение | "
            "Дата изменения | Отредактировано"
        ),
        "uk": ("Оновлено | Змінено | Останнє оновлення | Остання зміна"),
        "tr": ("Güncelleme | Son güncelleme | Güncellenme | Güncellendi | Değiştirilme"),
        "id": ("Diperbarui | Diupdate | Pembaruan | Terakhir diperbarui | Diubah | Update"),
        "ja": ("更新日 | 最終更新 | 更新 | 改訂日 | 最終更新日 | 修正日"),
        "zh": ("更新时间 | 最后更新 | 更新于 | 修改时间 | 最後更新 | 编辑于 | 修改日期"),
        "ko": ("수정 | 최종수정 | 업데이트 | 수정일 | 최종 업데이트 | 갱신"),
        "ar": ("تحديث | آخر تحديث | تم التحديث | تم التعديل | آخر تعديل"),
        "he": ("עודכן | עדכון אחרון | עודכן ב"),
        "sv": ("Uppdaterad | Senast uppdaterad | Ändrad | Senast ändrad"),
        "da": ("Opdateret | Senest opdateret | Ændret | Sidst opdateret | Redigeret"),
        "no": ("Oppdatert | Sist oppdatert | Endret | Sist endret | Redigert"),
        "fi": ("Päivitetty | Viimeksi päivitetty | Muokattu | Muutettu"),
        "cs": ("Aktualizováno | Poslední aktualizace | Upraveno | Změněno | Poslední změna"),
        "sk": ("Aktualizované | Upravené | Posledná aktualizácia"),
        "hu": ("Frissítve | Módosítva | Utolsó frissítés | Utolsó módosítás"),
        "ro": ("Actualizat | Ultima actualizare | Modificat | Actualizare"),
        "el": ("Ενημερώθηκε | Τελευταία ενημέρωση | Ενημέρωση | Τροποποιήθηκε"),
        "vi": ("Cập nhật | Cập nhật lần cuối | Sửa đổi"),
        "fa": ("به‌روزرسانی | آخرین ویرایش"),
        "hi": ("अपडेट | अंतिम अपडेट"),
    },
    "other": {
        "en": (
            "Received | Accepted | Received: | Event date | Deadline | Expires | Valid until | "
            "Effective date | Born | Joined | Due date | Reviewed by | Medically reviewed | "
            "Fact checked | Copyright | Closing date | Start date | Comment period ends | Today is | "
            "Registered | Member since | Next update | Taken on | Recorded on | Apply by"
        ),
        "de": (
            "Abgerufen am | Stand der Daten | Gültig bis | Geboren am | Frist | Anmeldeschluss | "
            "Termin: | Veranstaltungsdatum | Bewerbungsfrist | Einsendeschluss | Mitglied seit | "
            "Heute ist | Eingereicht am | Angenommen am | Gedruckt am"
        ),
        "fr": (
            "Consulté le | Date limite | Expire le | Né le | Inscrit le | Membre depuis | Reçu le | "
            "Accepté le | Date de l'événement | Échéance | Nous sommes le"
        ),
        "es": (
            "Consultado el | Fecha límite | Nacido el | Caduca | Miembro desde | Recibido | Aceptado | "
            "Fecha del evento | Plazo | Hoy es"
        ),
        "it": ("Consultato il | Scadenza | Nato il | Iscritto dal | Data evento | Ricevuto | Accettato"),
        "pt": (
            "Consultado em | Acesso em | Prazo | Nascido em | Data do evento | Membro desde | Recebido | Inscrições até"
        ),
        "nl": ("Geraadpleegd | Geldig tot | Geboren | Sluitingsdatum | Lid sinds | Deadline"),
        "pl": ("Termin | Ważne do | Data wydarzenia | Data urodzenia | Dołączył"),
        "ru": ("Дата события | Срок | Родился | Дата обращения | Регистрация | Дата рождения"),
        "ja": ("締切 | 開催日 | 有効期限 | 閲覧日 | 開催日時 | 受付 | 応募締切 | 生年月日"),
        "zh": ("截止日期 | 活动时间 | 访问日期 | 截止时间 | 出生 | 生效日期 | 活動日期"),
        "ko": ("마감 | 행사일 | 접수 | 생년월일 | 접속일"),
    },
}
WORDS = [
    (label, language, word)
    for label, rows in LABELS.items()
    for language, row in rows.items()
    for word in row.split(" | ")
]


@pytest.mark.parametrize(("label", "language", "word"), WORDS, ids=[f"{case[1]}: {case[2]}" for case in WORDS])
def test_what_a_word_says_of_the_date_behind_it(label: str, language: str, word: str) -> None:
    assert label_of(f"{word} 12") == label, language


NAMES = [
    ("entry-date published updated", "published"),
    ("post-modified", "updated"),
    ("lastUpdated", "updated"),
    ("event-date", "other"),
    ("current-date", "other"),
    ("todays-date", "other"),
    ("date", ""),
]


@pytest.mark.parametrize(("names", "label"), NAMES, ids=[case[0] for case in NAMES])
def test_what_names_of_elements_say_of_their_date(names: str, label: str) -> None:
    assert label_of_names(names) == label
