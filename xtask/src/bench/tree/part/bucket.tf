resource "aws_s3_bucket" "NAME" {
  bucket = "${local.prefix}-NAME-${local.account_id}"

  tags = merge(local.tags, {
    Name = "NAME"
    Data = "internal"
  })
}

resource "aws_s3_bucket_versioning" "NAME" {
  bucket = aws_s3_bucket.NAME.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "NAME" {
  bucket                  = aws_s3_bucket.NAME.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "NAME" {
  bucket = aws_s3_bucket.NAME.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    noncurrent_version_expiration {
      noncurrent_days = local.retention_days
    }
  }

  rule {
    id     = "uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "NAME_bucket" {
  statement {
    sid       = "OnlyWithTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.NAME.arn, "${aws_s3_bucket.NAME.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "NAME" {
  bucket = aws_s3_bucket.NAME.id
  policy = data.aws_iam_policy_document.NAME_bucket.json
}

resource "aws_s3_bucket_ownership_controls" "NAME" {
  bucket = aws_s3_bucket.NAME.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
