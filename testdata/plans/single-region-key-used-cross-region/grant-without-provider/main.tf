provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "frankfurt" {
  provider            = aws.frankfurt
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_kms_grant" "frankfurt" {
  name              = "worker"
  key_id            = aws_kms_key.frankfurt.key_id
  grantee_principal = "arn:aws:iam::123456789012:role/worker"
  operations        = ["Decrypt"]

  constraints {
    encryption_context_equals = {
      Service = "orders"
    }
  }
}
