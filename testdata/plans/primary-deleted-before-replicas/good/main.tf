provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

removed {
  from = aws_kms_key.app

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_kms_alias.app

  lifecycle {
    destroy = false
  }
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = data.aws_kms_key.app.arn
}
